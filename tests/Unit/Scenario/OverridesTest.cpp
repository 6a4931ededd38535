#include "DummyClient/Scenario/Overrides.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <random>
#include <string>
#include <variant>
#include <vector>

#include "DummyClient/Scenario/BuiltInScenarios.h"
#include "DummyClient/Scenario/ScenarioFile.h"
#include "DummyClient/Scenario/ShareOut.h"
#include "tests/Unit/Scenario/RandomScenario.h"
#include "tests/Unit/Scenario/TestBehaviours.h"

namespace loadtest::test {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

const std::vector<BehaviourInfo> kBehaviours = TestBehaviours();

Scenario BuiltIn(const std::string& name) {
    return FindScenario(name, BuiltInScenarios(), kBehaviours).scenario.value();
}

Lines ApplyTo(Scenario& scenario, const Overrides& overrides) {
    return Apply(overrides, kBehaviours, scenario);
}

// What is wrong; the scenario must be as before.
Lines Refusal(const std::string& name, const Overrides& overrides) {
    const Scenario before = BuiltIn(name);
    Scenario scenario = before;
    const Lines mistakes = ApplyTo(scenario, overrides);
    EXPECT_EQ(scenario, before);
    return mistakes;
}

TEST(Overrides, ChangeNothingWhereNothingIsWanted) {
    RandomScenarios random(3);
    for (int i = 0; i < 200; ++i) {
        const Scenario before = random.Next();
        Scenario scenario = before;
        EXPECT_EQ(ApplyTo(scenario, {}), Lines());
        EXPECT_EQ(scenario, before);
    }
}

TEST(Overrides, ChangeWhatIsWanted) {
    Scenario scenario = BuiltIn("world");
    EXPECT_EQ(ApplyTo(scenario, {.bots = 50,
                                 .rate = 2.5,
                                 .duration = 5s,
                                 .warmUp = 1s,
                                 .seed = 9,
                                 .connectRate = 77,
                                 .options = {"chat_share=0.50", "whisper=true", "switch_every=1500ms", "tag=a=b"}}),
              Lines());
    EXPECT_EQ(scenario.groups[0].bots, 50U);
    EXPECT_EQ(scenario.groups[0].rate, 2.5);
    EXPECT_EQ(scenario.duration, 5s);
    EXPECT_EQ(scenario.warmUp, 1s);
    EXPECT_EQ(scenario.seed, 9U);
    EXPECT_EQ(scenario.connectRate, 77);
    EXPECT_EQ(scenario.groups[0].options.at("chat_share"), "0.5");
    EXPECT_EQ(scenario.groups[0].options.at("whisper"), "true");
    EXPECT_EQ(scenario.groups[0].options.at("switch_every"), "1500ms");
    EXPECT_EQ(scenario.groups[0].options.at("tag"), "a=b");
}

TEST(Overrides, KeepTheProportionsOfGroupsAndShapes) {
    Scenario scenario = BuiltIn("idle");
    scenario.groups[1].shape = {LoadShape::Ramp{.over = 1s, .from = 500}};
    EXPECT_EQ(ApplyTo(scenario, {.bots = 1201}), Lines());
    EXPECT_EQ(scenario.groups[0].bots, 1001U);
    EXPECT_EQ(scenario.groups[1].bots, 200U);
    EXPECT_EQ(std::get<LoadShape::Ramp>(scenario.groups[1].shape.kind).from, 50U);
}

TEST(Overrides, KeepRandomScenariosGood) {
    RandomScenarios random(4);
    for (std::size_t i = 0; i < 500; ++i) {
        Scenario scenario = random.Next();
        std::size_t groups = 0;
        for (const GroupPlan& group : scenario.groups) {
            groups += group.shape.IsArrival() ? 0U : 1U;
        }
        const std::size_t bots = groups + i;
        const Lines mistakes = ApplyTo(scenario, {.bots = groups == 0 ? std::nullopt : std::optional(bots), .seed = i});
        ASSERT_EQ(mistakes, Lines());
        const auto again = ReadScenario(ToToml(scenario, kBehaviours), "f.toml", kBehaviours);
        ASSERT_TRUE(again.scenario) << again.mistakes.front();
        ASSERT_EQ(*again.scenario, scenario);
        std::size_t sum = 0;
        for (const GroupPlan& group : scenario.groups) {
            sum += group.bots;
        }
        ASSERT_EQ(sum, groups == 0 ? 0 : bots);
    }
}

TEST(Overrides, GiveArrivalsTheConnectRateAndTheSeed) {
    Scenario scenario = BuiltIn("login-storm");
    const auto before = std::get<LoadShape::Arrival>(scenario.groups[0].shape.kind);
    EXPECT_EQ(ApplyTo(scenario, {.seed = 2, .connectRate = 50}), Lines());
    const auto after = std::get<LoadShape::Arrival>(scenario.groups[0].shape.kind);
    EXPECT_EQ(after.perSecond, 50);
    EXPECT_NE(after.seed, before.seed);
}

TEST(Overrides, RefuseWhatCannotBe) {
    EXPECT_EQ(Refusal("login-storm", {.bots = 5}),
              Lines{"bots: those of scenario 'login-storm' come by a rate, which is the connect rate"});
    EXPECT_EQ(Refusal("login-storm", {.rate = 5}), Lines{"rate: all behaviours of scenario 'login-storm' set their own pace"});
    EXPECT_EQ(Refusal("idle", {.bots = 1}), Lines{"bots: 1 are too few for 2 groups, each of which needs one"});
    EXPECT_EQ(Refusal("world", {.bots = 0}), Lines{"bots: 0 are too few for 1 groups, each of which needs one"});
    EXPECT_EQ(Refusal("world", {.bots = 1'000'001}), Lines{"bots: takes 1 to 1000000, not 1000001"});
    EXPECT_EQ(Refusal("world", {.rate = std::nan("")}), Lines{"rate: takes 0.001 to 100000, not nan"});
    EXPECT_EQ(Refusal("world", {.duration = -1s}), Lines{"duration: takes 1ms to 168h, not -1s"});
    EXPECT_EQ(Refusal("world", {.seed = std::uint64_t{1} << 60U}), Lines{"seed: takes 0 to 9007199254740992, not 1152921504606846976"});
    EXPECT_EQ(Refusal("world", {.duration = 0s, .connectRate = 0}),
              (Lines{"duration: takes 1ms to 168h, not 0s", "connect_rate: takes 0.001 to 100000, not 0"}));
    EXPECT_EQ(
        Refusal("login-storm", {.duration = 168h}),
        Lines{"group 'login', shape arrival: brings 120960000 bots in the whole run, more than 10000000; make the play shorter or the "
              "rate lower"});
}

TEST(Overrides, RefuseOptionsThatNoGroupHas) {
    EXPECT_EQ(Refusal("world", {.options = {"chat_shar=1"}}),
              Lines{"chat_shar: no group of scenario 'world' has this option; did you mean 'chat_share'?"});
    EXPECT_EQ(Refusal("echo", {.options = {"zones=1"}}), Lines{"zones: no group of scenario 'echo' has this option"});
    EXPECT_EQ(Refusal("world", {.options = {"zones"}}), Lines{"zones: takes KEY=VALUE, such as chat_share=0.5"});
    EXPECT_EQ(Refusal("world", {.options = {"zones=few"}}), Lines{"zones: takes a number such as 0 in group 'player', not \"few\""});
}

TEST(Overrides, GiveAnOptionOnlyToGroupsThatHaveIt) {
    Scenario scenario = BuiltIn("idle");
    EXPECT_EQ(ApplyTo(scenario, {.options = {"heartbeat=1s"}}), Lines());
    EXPECT_EQ(scenario.groups[0].options.at("heartbeat"), "1s");
    EXPECT_FALSE(scenario.groups[1].options.contains("heartbeat"));
}

TEST(ShareOut, IsExactFairAndLeavesNobodyOut) {
    std::mt19937_64 random(8);
    for (int i = 0; i < 5000; ++i) {
        std::vector<std::size_t> weights(1 + random() % 8);
        for (std::size_t& weight : weights) {
            weight = 1 + random() % (random() % 4 == 0 ? 1'000'000 : 10);
        }
        const std::size_t total = weights.size() + random() % (random() % 3 == 0 ? 1'000'000 : 30);
        const std::vector<std::size_t> shares = ShareOut(total, weights);
        ASSERT_EQ(shares.size(), weights.size());
        ASSERT_EQ(std::accumulate(shares.begin(), shares.end(), std::size_t{0}), total);
        const auto sum = static_cast<double>(std::accumulate(weights.begin(), weights.end(), std::size_t{0}));
        bool isAnyRaised = false;
        for (const std::size_t weight : weights) {
            isAnyRaised = isAnyRaised || static_cast<double>(weight) * static_cast<double>(total) < sum;
        }
        for (std::size_t k = 0; k < shares.size(); ++k) {
            ASSERT_GE(shares[k], 1U);
            const double exact = static_cast<double>(total) * static_cast<double>(weights[k]) / sum;
            if (!isAnyRaised) {
                ASSERT_LT(std::abs(static_cast<double>(shares[k]) - exact), 1);
            }
        }
        ASSERT_EQ(ShareOut(std::accumulate(weights.begin(), weights.end(), std::size_t{0}), weights), weights);
    }
}

}  // namespace
}  // namespace loadtest::test
