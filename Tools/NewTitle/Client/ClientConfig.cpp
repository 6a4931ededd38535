// The bots' command line.
#include "Client/ClientConfig.h"

#include <utility>

#include <CLI/CLI.hpp>

namespace mytitle {

namespace {

constexpr const char* kFooter =
    "Example:\n"
    "  MyTitleClient --connect 127.0.0.1:7777 --bots 50\n"
    "\n"
    "When all bots are in the room, each says its lines, and each checks that it hears all lines of all of them, in order.\n"
    "Exit code: 0 everything arrived, 1 something did not, 2 wrong usage.";

}  // namespace

ClientCommandLine ParseClientCommandLine(int argc, const char* const* argv) {
    ClientConfig config;
    std::uint32_t patience = 60;

    CLI::App app("Bots that talk on a server of MyTitle.", "MyTitleClient");
    app.footer(kFooter);
    app.add_option("--connect", config.connectText, "Where the server is")
        ->type_name("HOST:PORT")
        ->check(CLI::Validator(servercore::app::CheckHostPort, "", "host and port"))
        ->capture_default_str();
    app.add_option("--bots", config.bots, "How many")->type_name("N")->check(CLI::Range(1, 10'000))->capture_default_str();
    app.add_option("--lines", config.lines, "How many lines each of them says")
        ->type_name("N")
        ->check(CLI::Range(1, 100'000))
        ->capture_default_str();
    app.add_option("--patience", patience, "Give up after so long")
        ->type_name("SECONDS")
        ->check(CLI::Range(1, 86'400))
        ->capture_default_str();

    if (auto end = servercore::app::ReadCommandLine(app, MYTITLE_VERSION, argc, argv)) {
        return {.config = {}, .end = *std::move(end)};
    }
    config.connect = servercore::SplitHostPort(config.connectText).value();
    config.patience = std::chrono::seconds(patience);
    return {.config = config, .end = {}};
}

}  // namespace mytitle
