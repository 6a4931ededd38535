#include "ServerCore/App/CommandLine.h"

#include <algorithm>
#include <thread>

#include <CLI/CLI.hpp>

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
