#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "DummyClient/Scenario/DurationText.h"
#include "DummyClient/Scenario/OptionText.h"
#include "DummyClient/Scenario/ScenarioFile.h"
#include "DummyClient/Scenario/ScenarioKeys.h"

namespace loadtest {

namespace {

// A value as it stands in a file, behind its key.
struct Entry {
    std::string_view key;
    std::string value;
};

std::string QuotedDuration(servercore::Duration duration) {
    return Quoted(ToText(duration));
}

std::vector<Entry> EntriesOf(const LoadShape::Steady&) {
    return {};
}
std::vector<Entry> EntriesOf(const LoadShape::Ramp& ramp) {
    return {{"over", QuotedDuration(ramp.over)}, {"from", fmt::to_string(ramp.from)}};
}
std::vector<Entry> EntriesOf(const LoadShape::Steps& steps) {
    return {{"count", fmt::to_string(steps.count)}, {"every", QuotedDuration(steps.every)}};
}
std::vector<Entry> EntriesOf(const LoadShape::Spike& spike) {
    return {{"base", fmt::to_string(spike.base)},
            {"at", QuotedDuration(spike.at)},
            {"length", QuotedDuration(spike.length)},
            {"every", QuotedDuration(spike.every)}};
}
std::vector<Entry> EntriesOf(const LoadShape::Soak& soak) {
    return {{"over", QuotedDuration(soak.over)}};
}
std::vector<Entry> EntriesOf(const LoadShape::Arrival& arrival) {
    return {{"per_second", NormalNumber(arrival.perSecond)},
            {"stay", QuotedDuration(arrival.stay)},
            {"random", arrival.random ? "true" : "false"}};
}

// On one line: TOML does not let it go on over several.
std::string ShapeText(const LoadShape& shape) {
    const ShapeInfo& info = Shapes()[shape.kind.index()];
    std::string text = fmt::format("{{ kind = {}", Quoted(info.kind));
    for (const Entry& entry : std::visit([](const auto& kind) { return EntriesOf(kind); }, shape.kind)) {
        text += fmt::format(", {} = {}", entry.key, entry.value);
    }
    return text + " }";
}

std::string ThresholdsText(const std::vector<std::string>& thresholds) {
    std::vector<std::string> quoted;
    std::ranges::transform(thresholds, std::back_inserter(quoted), Quoted);
    return fmt::format("[{}]", fmt::join(quoted, ", "));
}

// TOML knows bare keys of letters, digits, - and _ only.
std::string KeyText(const std::string& key) {
    const bool isBare = !key.empty() && std::ranges::all_of(key, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
    return isBare ? key : Quoted(key);
}

std::string OneLine(std::string text) {
    std::ranges::replace_if(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
    return text;
}

// Lines of keys and values, with what they mean behind them.
class Lines {
public:
    void Add(const std::string& entry, std::string_view about) {
        constexpr std::size_t kAboutColumn = 32;
        text_ += about.empty() ? fmt::format("{}\n", entry) : fmt::format("{:{}} # {}\n", entry, kAboutColumn, OneLine(std::string(about)));
    }
    void Add(std::span<const KeyInfo> keys, std::string_view key, const std::string& value) {
        Add(fmt::format("{} = {}", key, value), KeyNamed(keys, key).about);
    }
    [[nodiscard]] const std::string& Text() const noexcept { return text_; }

private:
    std::string text_;
};

void AddOptions(Lines& lines, const BehaviourOptions& options, const BehaviourInfo* behaviour) {
    if (options.empty()) {
        return;
    }
    lines.Add("[group.options]", {});
    for (const auto& [name, value] : options) {
        const OptionInfo* const info = behaviour == nullptr ? nullptr : FindOption(*behaviour, name);
        const ValueKind kind = info == nullptr ? ValueKind::Text : KindOf(*info);
        const bool isBare = (kind == ValueKind::Number || kind == ValueKind::Truth) && NormalText(kind, value);
        lines.Add(fmt::format("{} = {}", KeyText(name), isBare ? *NormalText(kind, value) : Quoted(value)),
                  info == nullptr ? "" : info->about);
    }
}

void AddGroup(Lines& lines, const GroupPlan& group, const BehaviourInfo* behaviour) {
    const auto add = [&lines](std::string_view key, const std::string& value) { lines.Add(GroupKeys(), key, value); };
    lines.Add("\n[[group]]", {});
    add("name", Quoted(group.name));
    lines.Add(fmt::format("behaviour = {}", Quoted(group.behaviour)), behaviour == nullptr ? "" : behaviour->about);
    if (!group.shape.IsArrival()) {
        add("bots", fmt::to_string(group.bots));
    }
    if (behaviour == nullptr || behaviour->hasRate) {
        add("rate", NormalNumber(group.rate));
        add("think", Quoted(kThinkNames[static_cast<std::size_t>(group.think)]));
    }
    lines.Add(fmt::format("shape = {}", ShapeText(group.shape)), Shapes()[group.shape.kind.index()].about);
    AddOptions(lines, group.options, behaviour);
}

}  // namespace

std::string ToToml(const Scenario& scenario, std::span<const BehaviourInfo> behaviours) {
    Lines lines;
    const auto add = [&lines](std::string_view key, const std::string& value) { lines.Add(ScenarioKeys(), key, value); };
    add("name", Quoted(scenario.name));
    add("about", Quoted(scenario.about));
    add("seed", fmt::to_string(scenario.seed));
    add("warm_up", QuotedDuration(scenario.warmUp));
    add("duration", QuotedDuration(scenario.duration));
    add("connect_rate", NormalNumber(scenario.connectRate));
    add("thresholds", ThresholdsText(scenario.thresholds));
    for (const GroupPlan& group : scenario.groups) {
        const auto behaviour = std::ranges::find(behaviours, group.behaviour, &BehaviourInfo::name);
        AddGroup(lines, group, behaviour == behaviours.end() ? nullptr : &*behaviour);
    }
    return lines.Text();
}

}  // namespace loadtest
