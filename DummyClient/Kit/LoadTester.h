#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "DummyClient/Kit/Behaviour.h"
#include "DummyClient/Scenario/BuiltInScenarios.h"
#include "ServerCore/App/CommandLine.h"

namespace loadtest {

// A title's load tester: what its bots can do, and the scenarios that it brings along.
struct LoadTester {
    std::string program;  // as the user calls it
    std::string version;  // "1.2.0, protocol 2"
    std::uint32_t protocolVersion = 0;
    std::vector<Behaviour> behaviours;
    std::span<const BuiltInScenario> scenarios;  // the first is the one that runs when none is named
    std::string defaultServer = "127.0.0.1:7777";

    [[nodiscard]] std::vector<BehaviourInfo> BehaviourInfos() const;
};

// The commands: `arguments` is what follows the command's name; the answer's message is what is left to say.

// `run [SCENARIO]`: the live lines or the dashboard, the final table and the summary go to standard output at once. Must be called before
// there is any other thread.
[[nodiscard]] servercore::app::CommandLineEnd RunLoadCommand(const LoadTester& tester, std::span<const std::string> arguments);
// `scenarios`: what can be run, and what groups can do.
[[nodiscard]] servercore::app::CommandLineEnd ListScenariosCommand(const LoadTester& tester, std::span<const std::string> arguments);

}  // namespace loadtest
