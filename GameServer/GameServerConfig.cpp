#include "GameServer/GameServerConfig.h"

#include <algorithm>
#include <map>
#include <thread>

#include <CLI/CLI.hpp>

#include "Protocol/Version.h"

namespace game {

namespace {

constexpr int kUsageError = 2;

constexpr const char* kFooter =
    "Example:\n"
    "  GameServer --listen 0.0.0.0:7777 --workers 4\n"
    "\n"
    "Prints 'ready listen=ADDRESS:PORT' when clients may connect. Ctrl-C or SIGTERM stops it: players get what is queued for them, then\n"
    "the ledger is printed. The log goes to standard error.\n"
    "Exit code: 0 stopped and everything accounted for, 1 the ledger does not balance, 2 wrong usage, 3 cannot listen.";

std::size_t DefaultWorkers() noexcept {
    return std::max(1U, std::thread::hardware_concurrency() / 2);
}

std::string CheckHostPort(const std::string& text) {
    if (servercore::SplitHostPort(text)) {
        return {};
    }
    return "'" + text + "' is not HOST:PORT; write for example 127.0.0.1:7777, localhost:7777 or [::1]:7777";
}

// The texts that the options are read into, and the numbers that need a conversion.
struct RawOptions {
    std::string portMode = "shared";
    std::string logLevel = "info";
    std::uint32_t idleTimeout = 30;
    std::uint32_t tickMs = 50;
};

void AddOptions(CLI::App& app, RawOptions& raw, GameServerConfig& config) {
    app.add_option("--listen", config.listenText, "Where to accept players; port 0 takes a free one")
        ->type_name("HOST:PORT")
        ->check(CLI::Validator(CheckHostPort, "", "host and port"))
        ->capture_default_str();
    app.add_option("--workers", config.workers, "Threads for network I/O")
        ->type_name("N")
        ->check(CLI::Range(1, 256))
        ->capture_default_str();
    app.add_option("--port-mode", raw.portMode, "One completion port for all workers, or one for each")
        ->type_name("MODE")
        ->check(CLI::IsMember({"shared", "per-worker"}))
        ->capture_default_str();
    app.add_option("--max-players", config.maxPlayers, "Connections at a time; more have to wait")
        ->type_name("N")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
    app.add_option("--idle-timeout", raw.idleTimeout, "Disconnect who sends nothing for so long; 0: never")
        ->type_name("SECONDS")
        ->check(CLI::Range(0, 86'400))
        ->capture_default_str();
    app.add_option("--tick", raw.tickMs, "Time between two updates of the zone")
        ->type_name("MS")
        ->check(CLI::Range(1, 10'000))
        ->capture_default_str();
    app.add_option("--packet-rate", config.packetsPerSecond, "Packets per second a client may send (twice as many at once); 0: no limit")
        ->type_name("N")
        ->check(CLI::Range(0, 1'000'000))
        ->capture_default_str();
    app.add_option("--log-level", raw.logLevel, "How much to log")
        ->type_name("LEVEL")
        ->check(CLI::IsMember({"debug", "info", "warning", "error", "off"}))
        ->capture_default_str();
}

servercore::LogLevel LogLevelNamed(const std::string& name) {
    using servercore::LogLevel;
    const std::map<std::string, LogLevel> levels = {
        {"debug", LogLevel::Debug}, {"info", LogLevel::Info}, {"warning", LogLevel::Warning}, {"error", LogLevel::Error}};
    const auto found = levels.find(name);
    return found == levels.end() ? LogLevel::Off : found->second;
}

void Convert(const RawOptions& raw, GameServerConfig& config) {
    config.listen = servercore::SplitHostPort(config.listenText).value();
    config.portMode = raw.portMode == "shared" ? servercore::PortMode::Shared : servercore::PortMode::PerWorker;
    config.idleTimeout = std::chrono::seconds(raw.idleTimeout);
    config.tick = std::chrono::milliseconds(raw.tickMs);
    config.packetBurst = 2 * config.packetsPerSecond;
    config.logLevel = LogLevelNamed(raw.logLevel);
}

}  // namespace

CommandLineResult ParseCommandLine(int argc, const char* const* argv) {
    CLI::App app("GameServer: a small online world, built on ServerCore.", "GameServer");
    app.footer(kFooter);
    app.set_version_flag("--version", "GameServer " SERVERCORE_VERSION ", protocol " + std::to_string(protocol::kProtocolVersion));
    RawOptions raw;
    GameServerConfig config;
    config.workers = DefaultWorkers();
    AddOptions(app, raw, config);
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        return {.config = {}, .exitCode = 0, .message = app.help()};
    } catch (const CLI::CallForVersion& version) {
        return {.config = {}, .exitCode = 0, .message = std::string(version.what()) + "\n"};
    } catch (const CLI::ParseError& error) {
        return {
            .config = {}, .exitCode = kUsageError, .message = std::string("GameServer: ") + error.what() + " (see GameServer --help)\n"};
    }
    Convert(raw, config);
    return {.config = config, .exitCode = 0, .message = {}};
}

}  // namespace game
