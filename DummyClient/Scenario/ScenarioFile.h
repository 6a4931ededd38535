#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "DummyClient/Scenario/BehaviourInfo.h"
#include "DummyClient/Scenario/Scenario.h"

namespace loadtest {

// Scenarios as TOML (https://toml.io/en/v1.0.0); README.md has the reference.
// Threads: the caller's.

struct ReadScenarioResult {
    std::optional<Scenario> scenario;   // nothing if there are mistakes
    std::vector<std::string> mistakes;  // "FILE:LINE:COLUMN: what is wrong, and what could be meant" in the order of the lines
};

// `fileName`: for the mistakes, and for the scenario's name if the text has none.
[[nodiscard]] ReadScenarioResult ReadScenario(std::string_view toml, const std::string& fileName,
                                              std::span<const BehaviourInfo> behaviours);
[[nodiscard]] ReadScenarioResult ReadScenarioFile(const std::string& path, std::span<const BehaviourInfo> behaviours);

// The whole of it with comments, defaults included. ReadScenario makes the same of it, if it is one that ReadScenario can make.
[[nodiscard]] std::string ToToml(const Scenario& scenario, std::span<const BehaviourInfo> behaviours);

// Every key with its kind and default, as tables in Markdown.
[[nodiscard]] std::string ScenarioReference();

}  // namespace loadtest
