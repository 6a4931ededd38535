#include "GameServer/LiveConfig.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string_view>
#include <utility>

namespace game {

namespace {

// What GameServer::SetLimits changes while the server runs.
constexpr std::array<std::string_view, 7> kLiveSettings = {
    "max-players", "max-per-ip", "max-per-subnet", "accept-rate", "allow", "idle-timeout", "packet-rate",
};

bool IsLive(std::string_view setting) {
    return std::ranges::find(kLiveSettings, setting) != kLiveSettings.end();
}

}  // namespace

LiveConfig::LiveConfig(GameServerConfig running, std::vector<std::string> commandLine, servercore::Logger& log)
    : running_(std::move(running)), commandLine_(std::move(commandLine)), log_(log), seen_(Look()), taken_(seen_) {}

std::optional<GameServerConfig> LiveConfig::Poll() {
    std::optional<std::string> text = Look();
    const bool isAtRest = text && text == std::exchange(seen_, text);
    if (!isAtRest || text == taken_) {
        return std::nullopt;
    }
    taken_ = std::move(text);
    return Read();
}

// Nothing: there is no file, or it is being replaced.
std::optional<std::string> LiveConfig::Look() const {
    std::ifstream file(running_.file, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    return running_.file.empty() || !file.is_open() || file.bad() ? std::nullopt : std::optional(std::move(text));
}

std::optional<GameServerConfig> LiveConfig::Read() {
    std::vector<const char*> arguments;
    for (const std::string& argument : commandLine_) {
        arguments.push_back(argument.c_str());
    }
    CommandLineResult result = ParseCommandLine(static_cast<int>(arguments.size()), arguments.data());
    if (!result.config) {
        std::istringstream mistakes(result.end.message);
        for (std::string mistake; std::getline(mistakes, mistake);) {
            log_.Error("configuration: {}", mistake);
        }
        log_.Error("configuration: the changed file is not taken up, the server runs on as before");
        return std::nullopt;
    }
    if (!LogChanges(running_.settings, result.config->settings)) {
        return std::nullopt;
    }
    for (const std::string_view setting : kLiveSettings) {
        running_.settings.at(std::string(setting)) = result.config->settings.at(std::string(setting));
    }
    result.config->settings = running_.settings;
    return result.config;
}

bool LiveConfig::LogChanges(const servercore::app::Settings& before, const servercore::app::Settings& after) {
    bool hasLiveChange = false;
    for (const auto& [name, value] : after) {
        if (const std::string& former = before.at(name); former != value && IsLive(name)) {
            log_.Info("configuration: {} is now {}, was {}", name, value, former);
            hasLiveChange = true;
        } else if (former != value) {
            log_.Warning("configuration: {} stays {}; {} needs a restart", name, former, value);
        }
    }
    return hasLiveChange;
}

}  // namespace game
