#include "ServerCore/App/CommandLine.h"

#include <algorithm>
#include <thread>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "ServerCore/App/ConfigFile.h"
#include "ServerCore/Platform/NetAddress.h"

namespace servercore::app {

std::optional<CommandLineEnd> ReadCommandLine(CLI::App& parser, const std::string& version, int argc, const char* const* argv) {
    const std::string& name = parser.get_name();
    parser.set_version_flag("--version", name + " " + version);
    try {
        parser.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        return CommandLineEnd{.exitCode = 0, .message = parser.help()};
    } catch (const CLI::CallForVersion& answer) {
        return CommandLineEnd{.exitCode = 0, .message = std::string(answer.what()) + "\n"};
    } catch (const CLI::ParseError& error) {
        return CommandLineEnd{.exitCode = kUsageError, .message = name + ": " + error.what() + " (see " + name + " --help)\n"};
    }
    return std::nullopt;
}

std::optional<CommandLineEnd> ReadConfiguration(CLI::App& parser, const std::string& version, int argc, const char* const* argv,
                                                std::string& file) {
    constexpr const char* kGroup = "Configuration";
    bool print = false;
    bool check = false;
    parser.add_option("--config", file, "Read options from this TOML file; those of the command line go first")
        ->type_name("FILE")
        ->configurable(false)
        ->group(kGroup);
    parser.add_flag("--print-config", print, "Print what all options are set to, as such a file, and end")
        ->configurable(false)
        ->group(kGroup);
    parser.add_flag("--check-config", check, "Only say whether the options and the file are right")->configurable(false)->group(kGroup);
    if (auto end = ReadCommandLine(parser, version, argc, argv)) {
        return end;
    }
    const std::vector<std::string> mistakes = file.empty() ? std::vector<std::string>() : ReadConfigFile(file, parser);
    if (!mistakes.empty()) {
        return CommandLineEnd{.exitCode = kUsageError, .message = fmt::format("{}\n", fmt::join(mistakes, "\n"))};
    }
    if (print) {
        return CommandLineEnd{.exitCode = 0, .message = WriteConfig(parser)};
    }
    if (check) {
        return CommandLineEnd{.exitCode = 0, .message = file.empty() ? "the options are right\n" : file + ": is right\n"};
    }
    return std::nullopt;
}

std::string CheckHostPort(const std::string& text) {
    if (SplitHostPort(text)) {
        return {};
    }
    return "'" + text + "' is not HOST:PORT; write for example 127.0.0.1:7777, localhost:7777 or [::1]:7777";
}

std::size_t DefaultWorkers() noexcept {
    return std::max(1U, std::thread::hardware_concurrency() / 2);
}

}  // namespace servercore::app
