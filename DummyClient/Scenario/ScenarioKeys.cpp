#include "DummyClient/Scenario/ScenarioKeys.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "DummyClient/Scenario/DurationText.h"
#include "ServerCore/Base/Assert.h"

namespace loadtest {

namespace {

constexpr double kDay = 24 * 60 * 60;
constexpr double kMillisecond = 0.001;
constexpr double kMostBots = 1'000'000;
constexpr double kGreatestRate = 100'000;
constexpr double kGreatestSeed = 9'007'199'254'740'992;  // 2^53

constexpr KeyInfo DurationKey(std::string_view name, std::string_view defaultValue, std::string_view about, double least = 0) {
    return {.name = name, .kind = ValueKind::Duration, .defaultValue = defaultValue, .about = about, .least = least, .greatest = 7 * kDay};
}

constexpr std::array kScenarioKeys = {
    KeyInfo{"name", ValueKind::Text, R"("")", "what reports call it; the file's name if empty"},
    KeyInfo{"about", ValueKind::Text, R"("")", "one line for people"},
    KeyInfo{"seed", ValueKind::Count, "1", "of everything random: the same seed, the same run", 0, kGreatestSeed},
    DurationKey("warm_up", R"("0s")", "played before what is measured"),
    DurationKey("duration", R"("30s")", "measured", kMillisecond),
    KeyInfo{"connect_rate", ValueKind::Number, "200", "connects per second before the play", 0.001, kGreatestRate},
    KeyInfo{"thresholds", ValueKind::Texts, "[]", "what has to hold, as after --threshold: [\"p99<20ms\", \"error_rate<0.1%\"]"},
    KeyInfo{"group", ValueKind::Tables, "", "[[group]]: bots that do the same; one or more"},
};

constexpr std::array kGroupKeys = {
    KeyInfo{"name", ValueKind::Text, R"("")", "what reports call it, unique; its behaviour if empty"},
    KeyInfo{"behaviour", ValueKind::Text, "", "what its bots do"},
    KeyInfo{"bots", ValueKind::Count, "200", "how many; not for arrivals", 1, kMostBots},
    KeyInfo{"rate", ValueKind::Number, "10", "messages per second and bot; not for behaviours with a pace of their own", 0.001,
            kGreatestRate},
    KeyInfo{"think", ValueKind::Text, R"("even")",
            "how the gaps are spread about 1/rate: even, uniform (0.5 to 1.5 of it), exponential, lognormal"},
    KeyInfo{"shape", ValueKind::Table, R"({ kind = "steady" })", "how many are there when"},
    KeyInfo{"options", ValueKind::Table, "{}", "of the behaviour, a key each; below [group.options]"},
};

constexpr std::array kRampKeys = {
    DurationKey("over", "", "until all are there"),
    KeyInfo{"from", ValueKind::Count, "0", "how many at the start", 0, kMostBots},
};
constexpr std::array kStepsKeys = {
    KeyInfo{"count", ValueKind::Count, "", "how many steps; the first at the start", 1, kMostBots},
    DurationKey("every", "", "from step to step", kMillisecond),
};
constexpr std::array kSpikeKeys = {
    KeyInfo{"base", ValueKind::Count, "", "how many are there otherwise", 0, kMostBots},
    DurationKey("at", "", "when all of them are there"),
    DurationKey("length", "", "for how long", kMillisecond),
    DurationKey("every", R"("0s")", "again so often; 0s: once"),
};
constexpr std::array kSoakKeys = {
    DurationKey("over", "", "up over that time at the start, and down over it at the end"),
};
constexpr std::array kArrivalKeys = {
    KeyInfo{"per_second", ValueKind::Number, "", "how many come", 0.001, kGreatestRate},
    DurationKey("stay", R"("0s")", "how long each stays; 0s: until it is done by itself"),
    KeyInfo{"random", ValueKind::Truth, "false", "true: at random times, seeded (Poisson); the same number in all"},
};

constexpr std::array kShapes = {
    ShapeInfo{"steady", "all of them, connected before the play begins", {}},
    ShapeInfo{"ramp", "more and more", kRampKeys},
    ShapeInfo{"steps", "more at each step, in equal parts", kStepsKeys},
    ShapeInfo{"spike", "few, and all of them for a while", kSpikeKeys},
    ShapeInfo{"soak", "all of them, with a gentle beginning and end", kSoakKeys},
    ShapeInfo{"arrival", "new ones all the time, at a rate", kArrivalKeys},
};

std::string ValueText(const KeyInfo& key, double value) {
    if (key.kind == ValueKind::Duration) {
        return ToText(std::chrono::round<servercore::Duration>(std::chrono::duration<double>(value)));
    }
    return key.kind == ValueKind::Count ? fmt::format("{:.0f}", value) : fmt::to_string(value);
}

}  // namespace

std::span<const KeyInfo> ScenarioKeys() noexcept {
    return kScenarioKeys;
}

std::span<const KeyInfo> GroupKeys() noexcept {
    return kGroupKeys;
}

std::span<const ShapeInfo> Shapes() noexcept {
    return kShapes;
}

const KeyInfo& KeyNamed(std::span<const KeyInfo> keys, std::string_view name) noexcept {
    const auto key = std::ranges::find(keys, name, &KeyInfo::name);
    SC_VERIFY(key != keys.end());
    return *key;
}

std::vector<std::string_view> NamesOf(std::span<const KeyInfo> keys) {
    std::vector<std::string_view> names;
    std::ranges::transform(keys, std::back_inserter(names), &KeyInfo::name);
    return names;
}

std::string RangeText(const KeyInfo& key) {
    return fmt::format("{} to {}", ValueText(key, key.least), ValueText(key, key.greatest));
}

std::optional<std::string> OutOfRange(const KeyInfo& key, double value) {
    if (value >= key.least && value <= key.greatest) {
        return std::nullopt;
    }
    // A negative duration has no text, and never comes from one.
    const std::string given = key.kind == ValueKind::Duration && value < 0 ? fmt::format("{}s", value) : ValueText(key, value);
    return fmt::format("takes {}, not {}", RangeText(key), given);
}

}  // namespace loadtest
