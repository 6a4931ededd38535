#include "GameServer/GameServerConfig.h"

#include <map>
#include <vector>

#include <CLI/CLI.hpp>

#include "Protocol/Version.h"
#include "ServerCore/App/CommandLine.h"

namespace game {

namespace {

// The accept rate is given in connections per so many seconds.
constexpr int kRateSeconds = 10;

constexpr const char* kFooter =
    "Example:\n"
    "  GameServer --listen 0.0.0.0:7777 --workers 4\n"
    "  GameServer --print-config > game.toml && GameServer --config game.toml\n"
    "\n"
    "Prints 'ready listen=ADDRESS:PORT' when clients may connect, and then takes commands on standard input: type 'help'. Ctrl-C or\n"
    "SIGTERM stops it: players get what is queued for them, then the ledger is printed. The log goes to standard error.\n"
    "Exit code: 0 stopped and everything accounted for, 1 the ledger does not balance, 2 wrong usage, 3 cannot listen.";

std::string CheckRange(const std::string& text) {
    if (servercore::CidrRange::Parse(text)) {
        return {};
    }
    return "'" + text +
           "' is no range of addresses; write for example 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32 (no bits set beyond /N)";
}

// The texts that the options are read into, and the numbers that need a conversion.
struct RawOptions {
    std::string portMode = "shared";
    std::string logic = "pool";
    std::string logLevel = "info";
    std::uint32_t idleTimeout = 30;
    std::uint32_t tickMs = 50;
    std::uint32_t flushMs = 10;
    std::uint32_t resumeSeconds = 30;
    std::uint32_t bindRetry = 5;
    std::uint32_t acceptRate = 0;
    std::vector<std::string> exempt;
};

void AddAdmissionOptions(CLI::App& app, RawOptions& raw, GameServerConfig& config) {
    app.add_option("--max-per-ip", config.admission.maxSessionsPerHost, "Connections at a time from one address; 0: no limit")
        ->group("Who comes in")
        ->type_name("N")
        ->check(CLI::Range(0, 1'000'000))
        ->capture_default_str();
    app.add_option("--max-per-subnet", config.admission.maxSessionsPerSubnet,
                   "Connections at a time from one /24 (IPv4) or /64 (IPv6); 0: no limit")
        ->group("Who comes in")
        ->type_name("N")
        ->check(CLI::Range(0, 1'000'000))
        ->capture_default_str();
    app.add_option("--accept-rate", raw.acceptRate, "New connections in 10 seconds from one address (IPv6: from one /64); 0: no limit")
        ->group("Who comes in")
        ->type_name("N")
        ->check(CLI::Range(0, 1'000'000))
        ->capture_default_str();
    app.add_option("--allow", raw.exempt, "Free these addresses of the three limits above; may be given several times")
        ->group("Who comes in")
        ->type_name("CIDR")
        ->check(CLI::Validator(CheckRange, "", "range"))
        ->allow_extra_args(false);
    app.add_option("--bind-retry", raw.bindRetry, "How long to try again while the port is in use")
        ->group("Network")
        ->type_name("SECONDS")
        ->check(CLI::Range(0, 3600))
        ->capture_default_str();
}

void AddWorldOptions(CLI::App& app, RawOptions& raw, GameServerConfig& config) {
    app.add_option("--zones", config.zones, "How many zones there are; players choose by number")
        ->group("World")
        ->type_name("N")
        ->check(CLI::Range(1, 10'000))
        ->capture_default_str();
    app.add_option("--tick", raw.tickMs, "Time between two updates of a zone")
        ->group("World")
        ->type_name("MS")
        ->check(CLI::Range(1, 10'000))
        ->capture_default_str();
    app.add_option("--max-speed", config.maxSpeed, "How far a player may walk in a second, in units (centimetres); 0: no limit")
        ->group("World")
        ->type_name("UNITS")
        ->check(CLI::Range(0, 1'000'000))
        ->capture_default_str();
    app.add_option("--resume-seconds", raw.resumeSeconds, "How long a player stays whose connection broke; 0: not at all")
        ->group("World")
        ->type_name("SECONDS")
        ->check(CLI::Range(0, 3600))
        ->capture_default_str();
    app.add_option("--logic", raw.logic, "Threads for game logic: a pool of their own, or the I/O workers")
        ->group("World")
        ->type_name("THREADS")
        ->check(CLI::IsMember({"pool", "workers"}))
        ->capture_default_str();
    app.add_option("--logic-threads", config.logicThreads, "Zones that are worked on at the same time")
        ->group("World")
        ->type_name("N")
        ->check(CLI::Range(1, 256))
        ->capture_default_str();
    app.add_option("--flush", raw.flushMs, "What is sent to a player within this time leaves together; 0: at once")
        ->group("Network")
        ->type_name("MS")
        ->check(CLI::Range(0, 1000))
        ->capture_default_str();
}

void AddOptions(CLI::App& app, RawOptions& raw, GameServerConfig& config) {
    app.add_option("--listen", config.listenText, "Where to accept players; port 0 takes a free one")
        ->group("Network")
        ->type_name("HOST:PORT")
        ->check(CLI::Validator(servercore::app::CheckHostPort, "", "host and port"))
        ->capture_default_str();
    app.add_option("--workers", config.workers, "Threads for network I/O")
        ->group("Network")
        ->type_name("N")
        ->check(CLI::Range(1, 256))
        ->capture_default_str();
    app.add_option("--port-mode", raw.portMode, "One completion port for all workers, or one for each")
        ->group("Network")
        ->type_name("MODE")
        ->check(CLI::IsMember({"shared", "per-worker"}))
        ->capture_default_str();
    app.add_option("--max-players", config.maxPlayers, "Connections at a time; more are refused")
        ->group("Who comes in")
        ->type_name("N")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
    AddAdmissionOptions(app, raw, config);
    AddWorldOptions(app, raw, config);
    app.add_option("--idle-timeout", raw.idleTimeout, "Disconnect who sends nothing for so long; 0: never")
        ->group("What a client may do")
        ->type_name("SECONDS")
        ->check(CLI::Range(0, 86'400))
        ->capture_default_str();
    app.add_option("--packet-rate", config.packetsPerSecond, "Packets per second a client may send (twice as many at once); 0: no limit")
        ->group("What a client may do")
        ->type_name("N")
        ->check(CLI::Range(0, 1'000'000))
        ->capture_default_str();
    app.add_option("--log-level", raw.logLevel, "How much to log")
        ->group("Log")
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
    config.logic = raw.logic == "pool" ? LogicThreads::OwnPool : LogicThreads::IoWorkers;
    config.bindRetry = std::chrono::seconds(raw.bindRetry);
    if (raw.acceptRate > 0) {
        config.admission.acceptsPerSecond = static_cast<double>(raw.acceptRate) / kRateSeconds;
        config.admission.acceptBurst = raw.acceptRate;
    }
    for (const std::string& range : raw.exempt) {
        config.admission.exempt.push_back(servercore::CidrRange::Parse(range).value());
    }
    config.idleTimeout = std::chrono::seconds(raw.idleTimeout);
    config.tick = std::chrono::milliseconds(raw.tickMs);
    config.flush = std::chrono::milliseconds(raw.flushMs);
    config.resumeTime = std::chrono::seconds(raw.resumeSeconds);
    config.packetBurst = 2 * config.packetsPerSecond;
    config.logLevel = LogLevelNamed(raw.logLevel);
}

}  // namespace

CommandLineResult ParseCommandLine(int argc, const char* const* argv) {
    CLI::App app("GameServer: a small online world, built on ServerCore.", "GameServer");
    app.footer(kFooter);
    RawOptions raw;
    GameServerConfig config;
    config.workers = servercore::app::DefaultWorkers();
    config.logicThreads = servercore::app::DefaultWorkers();
    AddOptions(app, raw, config);
    const std::string version = SERVERCORE_VERSION ", protocol " + std::to_string(protocol::kProtocolVersion);
    if (auto end = servercore::app::ReadConfiguration(app, version, argc, argv, config.file)) {
        return {.config = {}, .end = *std::move(end)};
    }
    Convert(raw, config);
    config.settings = servercore::app::SettingsOf(app);
    return {.config = config, .end = {}};
}

}  // namespace game
