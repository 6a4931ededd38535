#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace servercore::app {

// The program ends here: what to print, and its exit code.
struct CommandLineEnd {
    int exitCode = 0;
    std::string message;  // for standard output when exitCode is 0, else for standard error
};

// Adds --version, then reads the command line into what the options of `parser` refer to. Nothing: go on with them.
// After a mistake, --help or --version they may be changed in part, and the program ends; kUsageError is the exit code of a mistake.
[[nodiscard]] std::optional<CommandLineEnd> ReadCommandLine(CLI::App& parser, const std::string& version, int argc,
                                                            const char* const* argv);

inline constexpr int kUsageError = 2;

// As ReadCommandLine, for a program that can also be told what to do by a file (ConfigFile.h): adds --config, --print-config and
// --check-config. What the command line says goes before what the file says. `file`: the one that was read, if there was one.
[[nodiscard]] std::optional<CommandLineEnd> ReadConfiguration(CLI::App& parser, const std::string& version, int argc,
                                                              const char* const* argv, std::string& file);

// What is wrong with an address on the command line; empty when it is HOST:PORT (SplitHostPort). As a check for CLI11.
[[nodiscard]] std::string CheckHostPort(const std::string& text);

// Half the processors, for the other half have game logic or the other end of the test to run; at least one.
[[nodiscard]] std::size_t DefaultWorkers() noexcept;

}  // namespace servercore::app
