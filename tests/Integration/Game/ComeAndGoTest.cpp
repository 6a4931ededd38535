// Players who come and go while the game goes on, as the load tester's shapes say.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>

#include "DummyClient/World/WorldOptions.h"
#include "tests/Integration/Game/BotRun.h"
#include "tests/Integration/Game/GameFixture.h"

namespace game::test {
namespace {

using namespace std::chrono_literals;
using loadtest::LoadShape;
using servercore::test::Scaled;

class ComeAndGo : public Game {
protected:
    // All who came entered, and heard and saw what they ought to.
    BotRunResult ExpectVerified(const loadtest::Scenario& scenario) {
        const BotRunResult result = BotRun(world, server.ListenAddress()).Play(scenario);
        const std::uint64_t came = scenario.groups.front().shape.Joins(scenario.Play(), scenario.groups.front().bots);
        EXPECT_TRUE(result.world.IsVerified()) << loadtest::ToTable(result.world);
        EXPECT_EQ(result.world.botsEntered, result.world.bots);
        EXPECT_GE(result.world.bots + 1, came);  // one may be due with the last moment
        EXPECT_GT(result.world.received, 0U);
        EXPECT_EQ(result.report.totals.connectsFailed, 0U);
        EXPECT_TRUE(result.report.totals.errors.empty());
        EXPECT_TRUE(result.problems.empty()) << result.problems.begin()->first;
        for (const loadtest::RunCheck& check : result.report.checks) {
            EXPECT_EQ(check.failed, 0U) << check.name;
        }
        return result;
    }

    static loadtest::Scenario Shaped(const LoadShape& shape, std::size_t bots, const loadtest::BehaviourOptions& options = {}) {
        loadtest::Scenario scenario = BotRun::Players(bots, 2s, options);
        scenario.groups.front().shape = shape;
        scenario.SeedShapes();
        return scenario;
    }
};

TEST_F(ComeAndGo, MoreAndMore) {
    ExpectVerified(Shaped({LoadShape::Ramp{.over = 1s, .from = 2}}, Scaled(40, 8)));
}

TEST_F(ComeAndGo, StepByStep) {
    ExpectVerified(Shaped({LoadShape::Steps{.count = 4, .every = 400ms}}, Scaled(40, 8), {{"reconnect_every", "700ms"}}));
}

TEST_F(ComeAndGo, InSpikes) {
    ExpectVerified(Shaped({LoadShape::Spike{.base = 4, .at = 300ms, .length = 400ms, .every = 700ms}}, Scaled(40, 8)));
}

TEST_F(ComeAndGo, SlowlyAtBothEnds) {
    ExpectVerified(Shaped({LoadShape::Soak{.over = 800ms}}, Scaled(40, 8), {{"switch_every", "500ms"}}));
}

TEST_F(ComeAndGo, WhenTheyLikeAndForAWhile) {
    ExpectVerified(Shaped({LoadShape::Arrival{.perSecond = static_cast<double>(Scaled(30, 6)), .stay = 700ms}}, 0));
    ExpectVerified(Shaped({LoadShape::Arrival{.perSecond = static_cast<double>(Scaled(30, 6)), .stay = 700ms, .random = true}}, 0));
}

TEST_F(ComeAndGo, WithThinkTimesOfTheirOwn) {
    loadtest::Scenario scenario = Shaped({LoadShape::Steady{}}, Scaled(40, 8), {{"whisper", "true"}});
    scenario.groups.front().think = loadtest::ThinkTime::Exponential;
    EXPECT_GT(ExpectVerified(scenario).world.counts.whispersReceived, 0U);
}

TEST_F(ComeAndGo, BesideAGroupThatStays) {
    loadtest::Scenario scenario = Shaped({LoadShape::Spike{.base = 4, .at = 500ms, .length = 1s}}, Scaled(20, 8));
    scenario.groups.push_back(BotRun::OneGroup("echo", 10, 10, 2s).groups.front());
    scenario.SeedShapes();
    const BotRunResult result = ExpectVerified(scenario);
    const auto pongs = std::ranges::find(result.report.checks, "echo: a pong answers its ping", &loadtest::RunCheck::name);
    ASSERT_NE(pongs, result.report.checks.end());
    EXPECT_GT(pongs->passed, 0U);
    EXPECT_GE(result.report.totals.peakConnected, 14U);
}

// Whoever whispers to one who has gone would wait in vain.
TEST(WorldPlayers, WhisperOnlyWhereAllStay) {
    loadtest::Scenario scenario = BotRun::Players(10, 2s, {{"whisper", "true"}});
    EXPECT_EQ(loadtest::FindMistake(scenario, scenario.groups.front()), "");
    for (const LoadShape& shape : {LoadShape{LoadShape::Ramp{.over = 1s}}, LoadShape{LoadShape::Soak{.over = 1s}},
                                   LoadShape{LoadShape::Spike{.base = 1, .at = 1s, .length = 1s}}, LoadShape{LoadShape::Arrival{}}}) {
        scenario.groups.front().shape = shape;
        EXPECT_NE(loadtest::FindMistake(scenario, scenario.groups.front()).find("steady shape"), std::string::npos);
    }
}

}  // namespace
}  // namespace game::test
