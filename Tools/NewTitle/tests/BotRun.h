// Bots that play within a test.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "DummyClient/Kit/Behaviour.h"
#include "DummyClient/Kit/LoadRun.h"
#include "ServerCore/Platform/NetAddress.h"

namespace mytitle::test {

// What they found.
struct BotOutcome {
    std::vector<std::string> wrong;  // checks that failed, errors and problems; the program's exit code is 0 if there are none
    std::uint64_t linesHeard = 0;    // as they were said
    loadtest::Counts disconnects;    // by reason
};

// Plays a scenario (TOML) to its end. `workers`: 0 for a simulated network, which the surroundings' pause has to move.
[[nodiscard]] BotOutcome PlayBots(std::string_view scenario, const std::vector<loadtest::Behaviour>& behaviours,
                                  const servercore::NetAddress& server, const loadtest::LoadSurroundings& surroundings,
                                  std::size_t workers);

}  // namespace mytitle::test
