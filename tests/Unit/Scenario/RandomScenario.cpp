#include "tests/Unit/Scenario/RandomScenario.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>

#include "DummyClient/Scenario/DurationText.h"
#include "DummyClient/Scenario/OptionText.h"

namespace loadtest::test {

using namespace std::chrono_literals;
using servercore::Duration;

double RandomScenarios::Number(double least, double greatest) {
    const double share = static_cast<double>(random_() >> 11U) * 0x1p-53;
    const double number = least + share * (greatest - least);
    return Between(0, 1) == 0 ? number : std::max(least, static_cast<double>(static_cast<std::uint64_t>(number)));
}

Duration RandomScenarios::Time(Duration least, Duration greatest) {
    const auto ticks = least.count() + static_cast<Duration::rep>(random_() % static_cast<std::uint64_t>((greatest - least).count() + 1));
    constexpr std::array<Duration::rep, 4> kGrains = {1, 1'000'000, 1'000'000'000, 60'000'000'000};
    const Duration::rep grain = kGrains[Between(0, 3)];
    return std::max(least, Duration(ticks / grain * grain));
}

std::string RandomScenarios::Text(std::size_t least) {
    constexpr std::array<std::string_view, 12> kPieces = {"a", "Z", "7", " ", "\"", "\\", "#", "é", "=", "]", "'", "\x7F"};
    std::string text;
    const std::size_t length = Between(least, 12);
    while (text.size() < length) {
        text += kPieces[Between(0, kPieces.size() - 1)];
    }
    return text;
}

LoadShape RandomScenarios::Shape(Duration play, std::size_t bots) {
    switch (Between(0, 5)) {
        case 0: return {LoadShape::Ramp{.over = Time(0s, play), .from = Between(0, bots)}};
        case 1: return {LoadShape::Steps{.count = Between(1, 10), .every = Time(1ms, std::max<Duration>(1ms, play / 10))}};
        case 2: {
            const Duration length = Time(1ms, std::max<Duration>(1ms, play / 3));
            return {LoadShape::Spike{.base = Between(0, bots),
                                     .at = Time(0s, play / 3),
                                     .length = length,
                                     .every = Between(0, 1) == 0 ? Duration() : length + play / 50 + Time(1ms, play)}};
        }
        case 3: return {LoadShape::Soak{.over = Time(0s, play / 2)}};
        case 4:
            return {LoadShape::Arrival{.perSecond = Number(0.001, 50), .stay = Time(0s, 1min), .random = Between(0, 1) == 0, .seed = 0}};
        default: return {};
    }
}

GroupPlan RandomScenarios::Group(Duration play) {
    constexpr std::array<std::string_view, 4> kBehaviours = {"player", "echo", "login", "idle"};
    GroupPlan group;
    group.behaviour = kBehaviours[Between(0, 3)];
    const std::size_t bots = Between(1, 20'000);
    group.shape = Shape(play, bots);
    group.bots = group.shape.IsArrival() ? 0 : bots;
    if (group.behaviour == "player" || group.behaviour == "echo") {
        group.rate = Number(0.001, 1000);
        group.think = static_cast<ThinkTime>(Between(0, 3));
    }
    group.options = Options(group.behaviour);
    return group;
}

BehaviourOptions RandomScenarios::Options(const std::string& behaviour) {
    if (behaviour == "player") {
        return {{"chat_share", NormalNumber(Number(0, 1))},
                {"zones", NormalNumber(static_cast<double>(Between(0, 9)))},
                {"first_zone", NormalNumber(static_cast<double>(Between(1, 9)))},
                {"whisper", Between(0, 1) == 0 ? "true" : "false"},
                {"switch_every", ToText(Time(0s, 1h))},
                {"reconnect_every", ToText(Time(0s, 1h))},
                {"tag", Text(0)}};
    }
    return behaviour == "idle" ? BehaviourOptions{{"heartbeat", ToText(Time(0s, 1h))}} : BehaviourOptions();
}

Scenario RandomScenarios::Next() {
    Scenario scenario;
    scenario.name = Text(1);
    scenario.about = Text(0);
    scenario.seed = Between(0, std::uint64_t{1} << 53U);
    scenario.warmUp = Time(0s, 1min);
    scenario.duration = Time(100ms, 30min);
    scenario.connectRate = Number(0.001, 100'000);
    for (std::uint64_t i = Between(0, 3); i > 0; --i) {
        scenario.thresholds.push_back(Text(0) + "\n" + Text(0));
    }
    for (std::uint64_t i = Between(1, 4); i > 0; --i) {
        scenario.groups.push_back(Group(scenario.Play()));
        scenario.groups.back().name = Text(1) + std::to_string(i);
    }
    scenario.SeedShapes();
    return scenario;
}

}  // namespace loadtest::test
