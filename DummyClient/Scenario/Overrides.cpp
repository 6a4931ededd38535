#include "DummyClient/Scenario/Overrides.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <numeric>
#include <string_view>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "DummyClient/Scenario/GroupRules.h"
#include "DummyClient/Scenario/NearestName.h"
#include "DummyClient/Scenario/OptionText.h"
#include "DummyClient/Scenario/ScenarioKeys.h"
#include "DummyClient/Scenario/ShareOut.h"

namespace loadtest {

namespace {

class Applier {
public:
    Applier(std::span<const BehaviourInfo> behaviours, Scenario& scenario) : behaviours_(behaviours), scenario_(scenario) {}

    std::vector<std::string> Apply(const Overrides& overrides) {
        Set(ScenarioKeys(), "seed", overrides.seed, scenario_.seed);
        Set(ScenarioKeys(), "duration", overrides.duration, scenario_.duration);
        Set(ScenarioKeys(), "warm_up", overrides.warmUp, scenario_.warmUp);
        if (overrides.connectRate) {
            SetConnectRate(*overrides.connectRate);
        }
        if (overrides.rate) {
            SetRate(*overrides.rate);
        }
        if (overrides.bots) {
            SetBots(*overrides.bots);
        }
        for (const std::string& option : overrides.options) {
            SetOption(option);
        }
        CheckGroups();
        scenario_.SeedShapes();
        return std::move(mistakes_);
    }

private:
    static double AsNumber(double value) noexcept { return value; }
    static double AsNumber(std::uint64_t value) noexcept { return static_cast<double>(value); }
    static double AsNumber(servercore::Duration value) noexcept { return std::chrono::duration<double>(value).count(); }

    // False: it is out of range.
    template <class Value>
    bool Set(std::span<const KeyInfo> keys, std::string_view key, const std::optional<Value>& wanted, Value& value) {
        if (!wanted) {
            return true;
        }
        if (const auto problem = OutOfRange(KeyNamed(keys, key), AsNumber(*wanted))) {
            mistakes_.push_back(fmt::format("{}: {}", key, *problem));
            return false;
        }
        value = *wanted;
        return true;
    }

    void SetConnectRate(double rate) {
        if (!Set(ScenarioKeys(), "connect_rate", std::optional(rate), scenario_.connectRate)) {
            return;
        }
        for (GroupPlan& group : scenario_.groups) {
            if (auto* const arrival = std::get_if<LoadShape::Arrival>(&group.shape.kind)) {
                arrival->perSecond = rate;
            }
        }
    }

    void SetRate(double rate) {
        bool isTaken = false;
        for (GroupPlan& group : scenario_.groups) {
            const BehaviourInfo* const behaviour = BehaviourOf(group);
            if (behaviour == nullptr || behaviour->hasRate) {
                isTaken = true;
                if (!Set(GroupKeys(), "rate", std::optional(rate), group.rate)) {
                    return;
                }
            }
        }
        if (!isTaken) {
            mistakes_.push_back(fmt::format("rate: all behaviours of scenario '{}' set their own pace", scenario_.name));
        }
    }

    void SetBots(std::size_t bots) {
        std::vector<GroupPlan*> groups;
        for (GroupPlan& group : scenario_.groups) {
            if (!group.shape.IsArrival()) {
                groups.push_back(&group);
            }
        }
        if (groups.empty()) {
            mistakes_.push_back(fmt::format("bots: those of scenario '{}' come by a rate, which is the connect rate", scenario_.name));
            return;
        }
        if (bots < groups.size()) {
            mistakes_.push_back(fmt::format("bots: {} are too few for {} groups, each of which needs one", bots, groups.size()));
            return;
        }
        std::vector<std::size_t> weights;
        std::ranges::transform(groups, std::back_inserter(weights), &GroupPlan::bots);
        const std::vector<std::size_t> shares = ShareOut(bots, weights);
        for (std::size_t i = 0; i < groups.size(); ++i) {
            if (!SetBotsOf(*groups[i], shares[i])) {
                return;
            }
        }
    }

    bool SetBotsOf(GroupPlan& group, std::size_t bots) {
        const std::size_t before = group.bots;
        if (!Set(GroupKeys(), "bots", std::optional(bots), group.bots)) {
            return false;
        }
        const auto scale = [&](std::size_t& part) {
            const double share = static_cast<double>(part) / static_cast<double>(std::max<std::size_t>(before, 1));
            part = std::min(bots, static_cast<std::size_t>(std::llround(share * static_cast<double>(bots))));
        };
        if (auto* const ramp = std::get_if<LoadShape::Ramp>(&group.shape.kind)) {
            scale(ramp->from);
        } else if (auto* const spike = std::get_if<LoadShape::Spike>(&group.shape.kind)) {
            scale(spike->base);
        }
        return true;
    }

    void SetOption(const std::string& keyAndValue) {
        const std::size_t equals = keyAndValue.find('=');
        if (equals == std::string::npos) {
            mistakes_.push_back(fmt::format("{}: takes KEY=VALUE, such as chat_share=0.5", keyAndValue));
            return;
        }
        const std::string key = keyAndValue.substr(0, equals);
        const std::string value = keyAndValue.substr(equals + 1);
        std::vector<std::string_view> known;
        bool isTaken = false;
        for (GroupPlan& group : scenario_.groups) {
            const BehaviourInfo* const behaviour = BehaviourOf(group);
            if (behaviour == nullptr) {
                continue;
            }
            std::ranges::transform(behaviour->options, std::back_inserter(known), &OptionInfo::name);
            if (const OptionInfo* const option = FindOption(*behaviour, key)) {
                isTaken = true;
                SetOptionOf(group, *option, value);
            }
        }
        if (!isTaken) {
            std::ranges::sort(known);
            known.erase(std::unique(known.begin(), known.end()), known.end());
            mistakes_.push_back(
                fmt::format("{}: no group of scenario '{}' has this option{}", key, scenario_.name, SuggestName(key, known)));
        }
    }

    void SetOptionOf(GroupPlan& group, const OptionInfo& option, const std::string& value) {
        if (const auto text = NormalText(KindOf(option), value)) {
            group.options[option.name] = *text;
        } else {
            mistakes_.push_back(
                fmt::format("{}: takes {} in group '{}', not {}", option.name, DescribeValues(option), group.name, Quoted(value)));
        }
    }

    void CheckGroups() {
        if (!mistakes_.empty()) {
            return;
        }
        for (const GroupPlan& group : scenario_.groups) {
            for (const GroupFault& fault : FaultsOf(group, scenario_.Play())) {
                mistakes_.push_back(fmt::format("group '{}', shape {}{}{}: {}", group.name, Shapes()[group.shape.kind.index()].kind,
                                                fault.shapeKey.empty() ? "" : ", ", fault.shapeKey, fault.what));
            }
        }
    }

    const BehaviourInfo* BehaviourOf(const GroupPlan& group) const noexcept {
        const auto behaviour = std::ranges::find(behaviours_, group.behaviour, &BehaviourInfo::name);
        return behaviour == behaviours_.end() ? nullptr : &*behaviour;
    }

    const std::span<const BehaviourInfo> behaviours_;
    Scenario& scenario_;
    std::vector<std::string> mistakes_;
};

}  // namespace

std::vector<std::string> Apply(const Overrides& overrides, std::span<const BehaviourInfo> behaviours, Scenario& scenario) {
    Scenario changed = scenario;
    std::vector<std::string> mistakes = Applier(behaviours, changed).Apply(overrides);
    if (mistakes.empty()) {
        scenario = std::move(changed);
    }
    return mistakes;
}

}  // namespace loadtest
