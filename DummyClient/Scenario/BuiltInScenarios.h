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

// In the order in which they are listed. They need the behaviours player, echo, login and idle.
[[nodiscard]] std::span<const BuiltInScenario> BuiltInScenarios() noexcept;

// One a line: name and what it is about.
[[nodiscard]] std::string ListBuiltInScenarios();

// A built-in one, or else the file of that path.
[[nodiscard]] ReadScenarioResult FindScenario(const std::string& nameOrPath, std::span<const BehaviourInfo> behaviours);

}  // namespace loadtest
