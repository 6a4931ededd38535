#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "DummyClient/Scenario/BehaviourInfo.h"
#include "DummyClient/Scenario/Scenario.h"
#include "ServerCore/Base/Clock.h"

namespace loadtest {

// What the command line wants otherwise than the scenario has it.
struct Overrides {
    // In all groups together, but for those whose bots arrive by a rate. Groups keep their proportions, as do the bots in their shapes.
    std::optional<std::size_t> bots{};
    std::optional<double> rate{};  // of all groups that have one
    std::optional<servercore::Duration> duration{};
    std::optional<servercore::Duration> warmUp{};
    std::optional<std::uint64_t> seed{};
    std::optional<double> connectRate{};  // also of the groups whose bots arrive by a rate
    std::vector<std::string> options{};   // "KEY=VALUE", for all groups whose behaviour has the option KEY
};

// Returns what cannot be done, one line for each; then `scenario` is as it was.
[[nodiscard]] std::vector<std::string> Apply(const Overrides& overrides, std::span<const BehaviourInfo> behaviours, Scenario& scenario);

}  // namespace loadtest
