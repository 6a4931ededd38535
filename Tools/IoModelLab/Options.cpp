#include "Tools/IoModelLab/Options.h"

#include <utility>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "ServerCore/Platform/NetAddress.h"
#include "Tools/IoModelLab/Models/Models.h"

namespace iolab {

namespace {

#ifdef _WIN32
// Sixty cells, and each call takes its way through one process (the Wine server) when this is not Windows.
constexpr double kDefaultSeconds = 0.7;
#else
constexpr double kDefaultSeconds = 1.5;
#endif

constexpr const char* kFooter =
    "Example:\n"
    "  IoModelLab serve --model select --listen 127.0.0.1:7777\n"
    "  IoModelLab client --connect 127.0.0.1:7777 --send hello --count 3\n"
    "  IoModelLab compare --html models.html\n"
    "\n"
    "Each command explains itself: IoModelLab serve --help\n"
    "Exit code: 0 all went well, 1 it did not, 2 wrong usage.";

constexpr const char* kServeFooter =
    "Prints \"ready listen=HOST:PORT\" and echoes whole frames until Ctrl-C or SIGTERM; then what became of the clients.\n"
    "With --console it reads commands: usage, totals, stop; the end of the input stops it, too.";

constexpr const char* kClientFooter =
    "Without --send and --script each line of standard input is sent as a frame, and the answer printed.\n"
    "Exit code 0 only when every answer was what had been sent.";

std::string CheckModel(const std::string& name) {
    if (FindRun(name) != nullptr) {
        return {};
    }
    for (const Model& model : AllModels()) {
        if (model.name == name) {
            return fmt::format("'{}' exists on {} only; see IoModelLab list", name, model.system);
        }
    }
    return fmt::format("there is no model '{}'; see IoModelLab list", name);
}

std::string CheckFraming(const std::string& text) {
    return Framing::Parse(text) ? std::string() : fmt::format("'{}' is not line, fixed:N (N from 1 to {}) or length", text, kMaxFrameBytes);
}

std::string CheckServer(const std::string& text) {
    std::string mistake = servercore::app::CheckHostPort(text);
    if (mistake.empty() && servercore::SplitHostPort(text)->port == 0) {
        mistake = "nobody listens on port 0; give the port that IoModelLab serve printed";
    }
    return mistake;
}

void AddFraming(CLI::App& command, std::string& text) {
    command.add_option("--framing", text, "Where a message ends: line, fixed:N, length")
        ->type_name("F")
        ->check(CLI::Validator(CheckFraming, "", "framing"))
        ->capture_default_str();
}

CLI::App* AddServe(CLI::App& app, ServeOptions& options, std::string& framing) {
    CLI::App* command = app.add_subcommand("serve", "Serve echoes by one of the models");
    command->footer(kServeFooter);
    command->add_option("--model", options.model, "Which one; see IoModelLab list")
        ->type_name("M")
        ->required()
        ->check(CLI::Validator(CheckModel, "", "model"));
    command->add_option("--listen", options.listen, "Where; port 0 takes a free one")
        ->type_name("HOST:PORT")
        ->check(CLI::Validator(servercore::app::CheckHostPort, "", "host and port"))
        ->capture_default_str();
    AddFraming(*command, framing);
    command->add_flag("--console", options.console, "Take commands from standard input");
    return command;
}

CLI::App* AddList(CLI::App& app, ListOptions& options) {
    CLI::App* command = app.add_subcommand("list", "The models: system, what defines them, their known limit");
    command->add_flag("--names", options.namesOnly, "Only the names of those that run on this system");
    return command;
}

CLI::App* AddClient(CLI::App& app, ClientOptions& options, std::string& framing) {
    CLI::App* command = app.add_subcommand("client", "Send frames to a server and check what comes back");
    command->footer(kClientFooter);
    command->add_option("--connect", options.connect, "The server")
        ->type_name("HOST:PORT")
        ->check(CLI::Validator(CheckServer, "", "host and port"))
        ->capture_default_str();
    command->add_option("--model", options.model, "How the client waits: blocking, or on Windows overlapped-event")
        ->type_name("M")
#ifdef _WIN32
        ->check(CLI::IsMember({"blocking", "overlapped-event"}))
#else
        ->check(CLI::IsMember({"blocking"}))
#endif
        ->capture_default_str();
    AddFraming(*command, framing);
    CLI::Option* send = command->add_option("--send", options.text, "Send this text as a frame")->type_name("TEXT");
    command->add_option("--count", options.count, "So many times")
        ->type_name("N")
        ->needs(send)
        ->check(CLI::Range(1, 100'000'000))
        ->capture_default_str();
    command->add_option("--script", options.script, "Send each line of this file as a frame")
        ->type_name("FILE")
        ->excludes(send)
        ->check(CLI::ExistingFile);
    return command;
}

CLI::App* AddCompare(CLI::App& app, CompareOptions& options) {
    CLI::App* command = app.add_subcommand("compare", "Run the models with the same load, one after the other");
    command->add_option("--models", options.models, "Which ones; all of this system without it")
        ->type_name("A,B")
        ->delimiter(',')
        ->check(CLI::Validator(CheckModel, "", "model"));
    command->add_option("--clients", options.clients, "With so many clients at once")
        ->type_name("N,N")
        ->delimiter(',')
        ->check(CLI::Range(1, 10'000))
        ->capture_default_str();
    command->add_option("--seconds", options.seconds, "How long for each model and number of clients")
        ->type_name("S")
        ->check(CLI::Range(0.1, 600.0))
        ->capture_default_str();
    command->add_option("--json", options.json, "Write the figures to this file")->type_name("FILE");
    command->add_option("--html", options.html, "Write a page with the figures to this file")->type_name("FILE");
    return command;
}

}  // namespace

Options ParseCommandLine(int argc, const char* const* argv) {
    CLI::App app("IoModelLab: the models of socket I/O that lead up to completion ports, side by side.", "IoModelLab");
    app.footer(kFooter);
    app.require_subcommand(1);
    std::string framing = "line";
    ServeOptions serveOptions;
    ListOptions listOptions;
    ClientOptions clientOptions;
    CompareOptions compareOptions;
    compareOptions.seconds = kDefaultSeconds;
    const CLI::App* serve = AddServe(app, serveOptions, framing);
    const CLI::App* list = AddList(app, listOptions);
    const CLI::App* client = AddClient(app, clientOptions, framing);
    AddCompare(app, compareOptions);
    if (auto end = servercore::app::ReadCommandLine(app, SERVERCORE_VERSION, argc, argv)) {
        return *std::move(end);
    }
    serveOptions.framing = Framing::Parse(framing).value();
    clientOptions.framing = serveOptions.framing;
    if (serve->parsed()) {
        return serveOptions;
    }
    if (list->parsed()) {
        return listOptions;
    }
    if (client->parsed()) {
        clientOptions.hasText = client->count("--send") > 0;
        return clientOptions;
    }
    return compareOptions;
}

}  // namespace iolab
