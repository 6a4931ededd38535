// What the tester may want while a run goes on.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "tests/Unit/LoadKit/TestRun.h"

namespace loadtest::test {
namespace {

using namespace std::chrono_literals;
using servercore::Duration;

constexpr double kMoment = 0.0025;

// At so long after the play's beginning.
using Wishes = std::vector<std::pair<Duration, RunWish>>;

void WishAt(TestRun& run, Wishes wishes) {
    run.onMoment = [&run, wishes]() mutable {
        const std::optional<servercore::TimePoint> start = run.stories.front()->playStart;
        while (start && !wishes.empty() && run.clock.Now() >= *start + wishes.front().first) {
            run.wishes.push_back(wishes.front().second);
            wishes.erase(wishes.begin());
        }
    };
}

TEST(RunWishes, PauseTheBotsAndTheShapeForAWhile) {
    TestRun run(4s);
    const LoadShape shape{LoadShape::Ramp{.over = 4s}};
    const Story& story = run.AddGroup(shape, 100);
    WishAt(run, {{1s, RunWish::TogglePause}, {6s, RunWish::TogglePause}});
    EXPECT_FALSE(run.Play());

    EXPECT_EQ(story.told, (std::vector<std::string>{"play", "pause", "resume 5000ms", "end of play", "settle", "leave", "finish"}));
    EXPECT_NEAR(run.LengthOf("play"), 9, kMoment);
    for (const Story::Moment& moment : story.moments) {
        const Duration since = moment.at - *story.playStart;
        if (since > 1100ms && since < 5900ms) {
            ASSERT_NEAR(static_cast<double>(moment.joined), 25, 1);
        } else if (since > 6100ms && since < 9s) {
            ASSERT_NEAR(static_cast<double>(moment.joined), static_cast<double>(shape.At(since - 5s, 4s, 100).joined), 1);
        }
    }
    EXPECT_GE(story.Joined(), 99U);
    EXPECT_TRUE(std::ranges::any_of(run.views, [](const RunView& view) { return view.isPaused && view.played <= 1010ms; }));
}

TEST(RunWishes, EndAPauseWithThePlay) {
    TestRun run(4s);
    const Story& story = run.AddGroup({LoadShape::Steady{}}, 3);
    WishAt(run, {{1s, RunWish::TogglePause}, {3s, RunWish::Finish}});
    EXPECT_FALSE(run.Play());
    EXPECT_EQ(story.told, (std::vector<std::string>{"play", "pause", "resume 2000ms", "end of play", "settle", "leave", "finish"}));
    EXPECT_NEAR(run.LengthOf("play"), 3, kMoment);
}

TEST(RunWishes, AddATenthOfTheBotsAndTakeItAway) {
    TestRun run(4s);
    run.canAddBots = true;
    const Story& story = run.AddGroup({LoadShape::Steady{}}, 30);
    WishAt(run, {{1s, RunWish::AddBots}, {2s, RunWish::AddBots}, {3s, RunWish::RemoveBots}});
    EXPECT_FALSE(run.Play());
    EXPECT_EQ(story.Joined(), 36U);
    EXPECT_EQ(story.Left(), 3U);
}

TEST(RunWishes, TakeAwayNoMoreThanThereAre) {
    TestRun run(4s);
    run.canAddBots = true;
    const Story& story = run.AddGroup({LoadShape::Ramp{.over = 500ms}}, 2);
    // In a pause nobody comes or goes; the wishes add up.
    WishAt(run, {{1s, RunWish::TogglePause},
                 {1s, RunWish::RemoveBots},
                 {1s, RunWish::RemoveBots},
                 {1s, RunWish::RemoveBots},
                 {1s, RunWish::RemoveBots},
                 {2s, RunWish::TogglePause},
                 {3s, RunWish::AddBots}});
    EXPECT_FALSE(run.Play());
    EXPECT_EQ(story.Joined(), 3U);
    EXPECT_EQ(story.Left(), 2U);
}

TEST(RunWishes, FinishThePlayEarlyAndSettleAsUsual) {
    TestRun run(60s);
    run.scenario.warmUp = 1s;
    const Story& story = run.AddGroup({LoadShape::Steady{}}, 3);
    WishAt(run, {{5s, RunWish::Finish}});
    EXPECT_FALSE(run.Play());
    EXPECT_NEAR(run.LengthOf("play"), 4, kMoment);
    EXPECT_EQ(story.told, (std::vector<std::string>{"play", "end of play", "settle", "leave", "finish"}));
    EXPECT_TRUE(run.problems.empty());
}

TEST(RunWishes, OfAnInterruptEndThePlayWithTheResultSoFar) {
    TestRun run(60s);
    const Story& story = run.AddGroup({LoadShape::Steady{}}, 3);
    run.onMoment = [&] { run.isInterrupted = story.playStart && run.clock.Now() >= *story.playStart + 5s; };
    EXPECT_FALSE(run.Play());
    EXPECT_NEAR(run.LengthOf("play"), 5, kMoment);
    EXPECT_NEAR(run.report.totals.seconds, 5, kMoment);
    EXPECT_EQ(story.told, (std::vector<std::string>{"play", "end of play", "settle", "leave", "finish"}));
}

TEST(RunWishes, OfAnInterruptBeforeThePlayMeasureNothing) {
    TestRun run(60s);
    run.scenario.connectRate = 10;
    const Story& story = run.AddGroup({LoadShape::Steady{}}, 1000);
    run.onMoment = [&] { run.isInterrupted = story.Joined() >= 5; };
    EXPECT_FALSE(run.Play());
    EXPECT_EQ(run.FindStage("play"), nullptr);
    EXPECT_EQ(story.told, (std::vector<std::string>{"leave", "finish"}));
    EXPECT_EQ(run.problems.begin()->first, "interrupted before all bots had entered; nothing was measured");
    EXPECT_LT(story.Joined(), 10U);
}

}  // namespace
}  // namespace loadtest::test
