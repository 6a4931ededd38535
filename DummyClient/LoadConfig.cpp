#include "DummyClient/LoadConfig.h"

#include <CLI/CLI.hpp>

#include "ServerCore/App/CommandLine.h"

namespace loadtest {

namespace {

constexpr const char* kFooter =
    "Example:\n"
    "  DummyClient --connect 127.0.0.1:7777 --bots 200 --seconds 30 --rate 10\n"
    "\n"
    "  DummyClient --zones 1 --bots 500                                      (a crowd in one place)\n"
    "  DummyClient --switch-every 5 --reconnect-every 7 --whisper            (everything that players do)\n"
    "\n"
    "The bots spread over the zones, walk and chat, and each checks everything that it receives: nothing may be lost, doubled, reordered "
    "or\n"
    "changed, and nobody may hear of a player out of sight. Ctrl-C ends the run early, with the result so far.\n"
    "Exit code: 0 every packet arrived where it should, 1 it did not, or bots were disconnected, 2 wrong usage, 3 server not reachable.";

std::string CheckServer(const std::string& text) {
    std::string mistake = servercore::app::CheckHostPort(text);
    if (mistake.empty() && servercore::SplitHostPort(text)->port == 0) {
        mistake = "nobody listens on port 0; give the port that GameServer printed";
    }
    return mistake;
}

void AddOptions(CLI::App& app, LoadConfig& config) {
    app.add_option("--connect", config.connectText, "The server to test")
        ->type_name("HOST:PORT")
        ->check(CLI::Validator(CheckServer, "", "host and port"))
        ->capture_default_str();
    app.add_option("--bots", config.bots, "How many players")->type_name("N")->check(CLI::Range(1, 20'000))->capture_default_str();
    app.add_option("--seconds", config.seconds, "How long they play, once all have entered")
        ->type_name("S")
        ->check(CLI::Range(1, 86'400))
        ->capture_default_str();
    app.add_option("--rate", config.rate, "Packets per second and bot: nine moves to one chat")
        ->type_name("N")
        ->check(CLI::Range(0.01, 10'000.0))
        ->capture_default_str();
    app.add_option("--connect-rate", config.connectRate, "Bots that connect per second")
        ->type_name("N")
        ->check(CLI::Range(0.1, 100'000.0))
        ->capture_default_str();
    app.add_option("--zones", config.zones, "Use at most so many zones; 0: all that the server has")
        ->type_name("N")
        ->check(CLI::Range(0, 1'000'000))
        ->capture_default_str();
    app.add_option("--switch-every", config.switchEvery, "Each bot goes to the next zone that often; 0: never")
        ->type_name("S")
        ->check(CLI::Range(0.0, 86'400.0))
        ->capture_default_str();
    app.add_option("--reconnect-every", config.reconnectEvery,
                   "Each bot breaks its connection and takes its player over that often; 0: never")
        ->type_name("S")
        ->check(CLI::Range(0.0, 86'400.0))
        ->capture_default_str();
    app.add_flag("--whisper", config.whisper, "Every other chat is a whisper to another bot");
    app.add_option("--workers", config.workers, "Threads for network I/O")
        ->type_name("N")
        ->check(CLI::Range(1, 256))
        ->capture_default_str();
    app.add_option("--protocol-version", config.protocolVersion, "Claim to speak this version, to see it refused")
        ->type_name("N")
        ->capture_default_str();
}

}  // namespace

CommandLineResult ParseCommandLine(int argc, const char* const* argv) {
    CLI::App app("DummyClient: a crowd of players that tests a GameServer.", "DummyClient");
    app.footer(kFooter);
    LoadConfig config;
    config.workers = servercore::app::DefaultWorkers();
    AddOptions(app, config);
    const std::string version = SERVERCORE_VERSION ", protocol " + std::to_string(game::protocol::kProtocolVersion);
    if (auto end = servercore::app::ReadCommandLine(app, version, argc, argv)) {
        return {.config = {}, .end = *std::move(end)};
    }
    config.connect = servercore::SplitHostPort(config.connectText).value();
    return {.config = config, .end = {}};
}

}  // namespace loadtest
