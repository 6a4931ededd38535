#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "DummyClient/Scenario/LoadShape.h"
#include "DummyClient/Scenario/ThinkTime.h"
#include "ServerCore/Base/Clock.h"

namespace loadtest {

// What a behaviour does differently: values as text, the way they stand in a file but without quotes ("0.1", "true", "10s").
using BehaviourOptions = std::map<std::string, std::string>;

// Bots that do the same.
struct GroupPlan {
    std::string name;  // unique in its scenario
    std::string behaviour;
    std::size_t bots = 0;  // 0 where the shape is an arrival
    double rate = 0;       // messages per second and bot; 0 where the behaviour sets its own pace
    ThinkTime think = ThinkTime::Even;
    LoadShape shape;
    BehaviourOptions options;  // all that the behaviour has

    bool operator==(const GroupPlan&) const = default;
};

// What one run of the load tester is to do.
struct Scenario {
    std::string name;
    std::string about;       // one line, for people
    std::uint64_t seed = 1;  // of everything that is random
    servercore::Duration warmUp{};
    servercore::Duration duration{};  // of what is measured, after the warm-up
    double connectRate = 200;         // connects per second before the play
    std::vector<std::string> thresholds;
    std::vector<GroupPlan> groups;

    // Of warm-up and measured time: LoadShape's `total`.
    [[nodiscard]] servercore::Duration Play() const noexcept { return warmUp + duration; }
    // For the think times of a group; different for each.
    [[nodiscard]] std::uint64_t SeedOf(std::size_t group) const noexcept;
    // Gives the groups' shapes their seeds. Whoever changes seed or groups calls it; what comes from a file has them.
    void SeedShapes() noexcept;

    bool operator==(const Scenario&) const = default;
};

}  // namespace loadtest
