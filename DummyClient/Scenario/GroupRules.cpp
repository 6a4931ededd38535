#include "DummyClient/Scenario/GroupRules.h"

#include <cstdint>
#include <variant>

#include <fmt/format.h>

#include "DummyClient/Scenario/DurationText.h"

namespace loadtest {

namespace {

using servercore::Duration;

// Each of them is an object in memory.
constexpr std::uint64_t kMostJoins = 10'000'000;

void CheckAtMostAll(std::string_view key, std::size_t value, std::size_t bots, std::vector<GroupFault>& faults) {
    if (value > bots) {
        faults.push_back({.shapeKey = key, .what = fmt::format("{} are more than the group's {} bots", value, bots)});
    }
}

}  // namespace

std::vector<GroupFault> FaultsOf(const GroupPlan& group, Duration play) {
    std::vector<GroupFault> faults;
    if (const auto* const ramp = std::get_if<LoadShape::Ramp>(&group.shape.kind)) {
        CheckAtMostAll("from", ramp->from, group.bots, faults);
    }
    if (const auto* const spike = std::get_if<LoadShape::Spike>(&group.shape.kind)) {
        CheckAtMostAll("base", spike->base, group.bots, faults);
        if (spike->every != Duration::zero() && spike->every <= spike->length) {
            faults.push_back(
                {.shapeKey = "every", .what = fmt::format("has to be longer than length, {}, or 0s for one spike", ToText(spike->length))});
            return faults;
        }
    }
    if (const Duration needed = group.shape.Needs(); needed > play) {
        faults.push_back(
            {.shapeKey = {},
             .what = fmt::format("takes {}, but warm_up and duration are {} together; make the play longer or the shape shorter",
                                 ToText(needed), ToText(play))});
    } else if (const std::uint64_t joins = group.shape.Joins(play, group.bots); joins > kMostJoins) {
        faults.push_back({.shapeKey = {},
                          .what = fmt::format("brings {} bots in the whole run, more than {}; make the play shorter or the rate lower",
                                              joins, kMostJoins)});
    }
    return faults;
}

}  // namespace loadtest
