#include "DummyClient/LoadConfig.h"

#include <algorithm>
#include <thread>

#include <CLI/CLI.hpp>

namespace loadtest {

namespace {

constexpr int kUsageError = 2;

constexpr const char* kFooter =
    "Example:\n"
    "  DummyClient --connect 127.0.0.1:7777 --bots 200 --seconds 30 --rate 10\n"
    "\n"
    "All bots enter one zone, then walk and chat, and each checks everything that it receives: nothing may be lost, doubled, reordered or\n"
    "changed. Ctrl-C ends the run early, with the result so far.\n"
    "Exit code: 0 every packet arrived where it should, 1 it did not, or bots were disconnected, 2 wrong usage, 3 server not reachable.";

std::size_t DefaultWorkers() noexcept {
    return std::max(1U, std::thread::hardware_concurrency() / 2);
}

std::string CheckHostPort(const std::string& text) {
    const servercore::Result<servercore::HostAndPort> address = servercore::SplitHostPort(text);
    if (!address) {
        return "'" + text + "' is not HOST:PORT; write for example 127.0.0.1:7777, localhost:7777 or [::1]:7777";
    }
    return address->port == 0 ? "nobody listens on port 0; give the port that GameServer printed" : std::string();
}

void AddOptions(CLI::App& app, LoadConfig& config) {
    app.add_option("--connect", config.connectText, "The server to test")
        ->type_name("HOST:PORT")
        ->check(CLI::Validator(CheckHostPort, "", "host and port"))
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
    app.set_version_flag("--version", "DummyClient " SERVERCORE_VERSION ", protocol " + std::to_string(game::protocol::kProtocolVersion));
    LoadConfig config;
    config.workers = DefaultWorkers();
    AddOptions(app, config);
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        return {.config = {}, .exitCode = 0, .message = app.help()};
    } catch (const CLI::CallForVersion& version) {
        return {.config = {}, .exitCode = 0, .message = std::string(version.what()) + "\n"};
    } catch (const CLI::ParseError& error) {
        return {
            .config = {}, .exitCode = kUsageError, .message = std::string("DummyClient: ") + error.what() + " (see DummyClient --help)\n"};
    }
    config.connect = servercore::SplitHostPort(config.connectText).value();
    return {.config = config, .exitCode = 0, .message = {}};
}

}  // namespace loadtest
