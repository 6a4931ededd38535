// The server's command line; the same options may stand in a file (--config).
#include "Server/ServerConfig.h"

#include <cstdint>
#include <utility>

#include <CLI/CLI.hpp>

namespace mytitle {

namespace {

constexpr const char* kFooter =
    "Example:\n"
    "  MyTitleServer --listen 0.0.0.0:7777 --workers 4\n"
    "\n"
    "Prints 'ready listen=ADDRESS:PORT' when clients may connect. Ctrl-C or SIGTERM stops it; then the ledger is printed.\n"
    "Exit code: 0 stopped and everything accounted for, 1 the ledger does not balance, 2 wrong usage, 3 cannot listen.";

}  // namespace

ServerCommandLine ParseServerCommandLine(int argc, const char* const* argv) {
    ServerConfig config;
    config.workers = servercore::app::DefaultWorkers();
    std::uint32_t tickMs = 50;
    bool isVerbose = false;

    CLI::App app("The server of MyTitle.", "MyTitleServer");
    app.footer(kFooter);
    app.add_option("--listen", config.listenText, "Where to accept players; port 0 takes a free one")
        ->type_name("HOST:PORT")
        ->check(CLI::Validator(servercore::app::CheckHostPort, "", "host and port"))
        ->capture_default_str();
    app.add_option("--workers", config.workers, "Threads for network I/O")
        ->type_name("N")
        ->check(CLI::Range(1, 256))
        ->capture_default_str();
    app.add_option("--max-players", config.maxPlayers, "Connections at a time; more are refused")
        ->type_name("N")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
    app.add_option("--tick", tickMs, "Time between two updates of the room")
        ->type_name("MS")
        ->check(CLI::Range(1, 10'000))
        ->capture_default_str();
    app.add_flag("--verbose", isVerbose, "Log who comes and goes");

    std::string file;
    if (auto end = servercore::app::ReadConfiguration(app, MYTITLE_VERSION, argc, argv, file)) {
        return {.config = {}, .end = *std::move(end)};
    }
    config.listen = servercore::SplitHostPort(config.listenText).value();
    config.tick = std::chrono::milliseconds(tickMs);
    config.logLevel = isVerbose ? servercore::LogLevel::Debug : servercore::LogLevel::Info;
    return {.config = config, .end = {}};
}

}  // namespace mytitle
