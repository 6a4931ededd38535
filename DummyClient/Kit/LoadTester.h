#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "DummyClient/Kit/Behaviour.h"
#include "DummyClient/Scenario/BuiltInScenarios.h"
#include "ServerCore/App/CommandLine.h"

namespace loadtest {

// A command that only this load tester has.
struct TesterCommand {
    std::string name;
    std::string usage;  // what may follow the name
    std::string about;
    std::function<servercore::app::CommandLineEnd(std::span<const std::string> arguments)> run;
};

// A title's load tester: what its bots can do, and the scenarios that it brings along.
struct LoadTester {
    std::string program;  // as the user calls it
    std::string about;    // "a crowd of players that tests a GameServer."
    std::string version;  // "1.2.0, protocol 2"
    std::uint32_t protocolVersion = 0;
    std::vector<Behaviour> behaviours;
    std::span<const BuiltInScenario> scenarios;  // the first is the one that runs when none is named
    std::string defaultServer = "127.0.0.1:7777";
    std::vector<TesterCommand> commands = {};  // besides those that every load tester has

    [[nodiscard]] std::vector<BehaviourInfo> BehaviourInfos() const;
};

// What main() does: `run`, `scenarios`, `merge`, `compare`, the tester's own commands, `--help` and `--version`. Prints what is to be said,
// and returns the exit code. Must be called before there is any other thread.
[[nodiscard]] int RunLoadTester(const LoadTester& tester, int argc, const char* const* argv);

// The commands: `arguments` is what follows the command's name; the answer's message is what is left to say.

// `run [SCENARIO]`: the live lines or the dashboard, the final table and the summary go to standard output at once. Must be called before
// there is any other thread.
[[nodiscard]] servercore::app::CommandLineEnd RunLoadCommand(const LoadTester& tester, std::span<const std::string> arguments);
// `scenarios`: what can be run, and what groups can do.
[[nodiscard]] servercore::app::CommandLineEnd ListScenariosCommand(const LoadTester& tester, std::span<const std::string> arguments);

}  // namespace loadtest
