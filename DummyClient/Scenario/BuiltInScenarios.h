#pragma once

#include <span>
#include <string>
#include <string_view>

#include "DummyClient/Scenario/BehaviourInfo.h"
#include "DummyClient/Scenario/ScenarioFile.h"

namespace loadtest {

// A scenario that the program brings along.
struct BuiltInScenario {
    std::string_view name;
    std::string_view toml;
};

// Those of our game, in the order in which they are listed. They need the behaviours player, echo, login and idle.
[[nodiscard]] std::span<const BuiltInScenario> BuiltInScenarios() noexcept;

// One a line: name and what it is about. Precondition of all: each text has a line `about = "..."`.
[[nodiscard]] std::string ListScenarios(std::span<const BuiltInScenario> scenarios);

// One of those, or else the file of that path.
[[nodiscard]] ReadScenarioResult FindScenario(const std::string& nameOrPath, std::span<const BuiltInScenario> scenarios,
                                              std::span<const BehaviourInfo> behaviours);

}  // namespace loadtest
