// How a run goes from stage to stage, and how it follows its shapes.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "DummyClient/Report/Threshold.h"
#include "tests/Unit/LoadKit/TestRun.h"

namespace loadtest::test {
namespace {

using namespace std::chrono_literals;

// All clocks of a run move by this.
constexpr double kMoment = 0.0015;
constexpr std::uint64_t kMostAtOnce = 50;

std::vector<std::string> NamesOf(const std::vector<RunStage>& stages) {
    std::vector<std::string> names;
    for (const RunStage& stage : stages) {
        names.push_back(stage.name);
    }
    return names;
}

TEST(LoadRun, GoesThroughItsStages) {
    TestRun run(10s);
    run.scenario.warmUp = 3s;
    const Story& story = run.AddGroup({LoadShape::Steady{}}, 5);

    EXPECT_FALSE(run.Play());

    EXPECT_EQ(NamesOf(run.report.stages), (std::vector<std::string>{"connect", "enter", "warm-up", "play", "settle", "leave"}));
    EXPECT_NEAR(run.LengthOf("warm-up"), 3, kMoment);
    EXPECT_NEAR(run.LengthOf("play"), 10, kMoment);
    for (const RunStage& stage : run.report.stages) {
        EXPECT_EQ(stage.measured, stage.name == "play");
    }
    EXPECT_EQ(story.told, (std::vector<std::string>{"play", "end of play", "settle", "leave", "finish"}));
    EXPECT_EQ(story.Joined(), 5U);
    EXPECT_EQ(story.Left(), 0U);
    EXPECT_NEAR(run.report.totals.seconds, 10, kMoment);
    EXPECT_TRUE(run.problems.empty());
}

TEST(LoadRun, ConnectsTheSteadyAtTheirRate) {
    TestRun run(1s);
    run.scenario.connectRate = 10;
    const Story& story = run.AddGroup({LoadShape::Steady{}}, 21);
    EXPECT_FALSE(run.Play());
    EXPECT_NEAR(run.LengthOf("connect"), 2, 0.1);
    for (const Story::Moment& moment : story.moments) {
        const auto since = std::chrono::duration<double>(moment.at - story.moments.front().at).count();
        if (moment.joined < 21) {
            ASSERT_NEAR(static_cast<double>(moment.joined), since * 10 + 1, 1.01);
        }
    }
}

// At each moment as many are there as the shape says, or 50 more than the moment before.
void ExpectShape(const LoadShape& shape, std::size_t bots) {
    TestRun run(10s);
    run.scenario.warmUp = 2s;
    const Story& story = run.AddGroup(shape, bots);
    EXPECT_FALSE(run.Play());
    ASSERT_TRUE(story.playStart && story.playEnd);
    EXPECT_NEAR(run.LengthOf("play"), 10, kMoment);

    std::uint64_t joined = 0;
    for (const Story::Moment& moment : story.moments) {
        if (moment.at < *story.playStart || moment.at >= *story.playEnd) {
            continue;
        }
        const Presence wanted = shape.At(moment.at - *story.playStart, 12s, bots);
        joined = shape.IsSteady() ? bots : std::min(wanted.joined, joined + kMostAtOnce);
        ASSERT_EQ(moment.joined, joined) << (moment.at - *story.playStart) / 1ms;
        ASSERT_EQ(moment.left, std::min(wanted.left, joined)) << (moment.at - *story.playStart) / 1ms;
    }
    EXPECT_GE(story.Joined() + 1, shape.Joins(12s, bots));
}

TEST(LoadRun, FollowsASteadyShape) {
    ExpectShape({LoadShape::Steady{}}, 10);
}
TEST(LoadRun, FollowsARamp) {
    ExpectShape({LoadShape::Ramp{.over = 5s, .from = 20}}, 100);
}
TEST(LoadRun, FollowsSteps) {
    ExpectShape({LoadShape::Steps{.count = 4, .every = 2s}}, 1000);
}
TEST(LoadRun, FollowsSpikes) {
    ExpectShape({LoadShape::Spike{.base = 10, .at = 1s, .length = 1s, .every = 4s}}, 510);
}
TEST(LoadRun, FollowsASoak) {
    ExpectShape({LoadShape::Soak{.over = 3s}}, 100);
}
TEST(LoadRun, FollowsArrivals) {
    ExpectShape({LoadShape::Arrival{.perSecond = 20, .stay = 2s}}, 0);
    ExpectShape({LoadShape::Arrival{.perSecond = 20, .random = true, .seed = 3}}, 0);
}

TEST(LoadRun, PlaysSeveralGroupsAtATime) {
    TestRun run(4s);
    Story& steady = run.AddGroup({LoadShape::Steady{}}, 3);
    Story& ramp = run.AddGroup({LoadShape::Ramp{.over = 2s}}, 10);
    steady.result = {.checks = {{.name = "a", .passed = 1, .failed = 0}},
                     .errors = {{"x", 1}},
                     .lost = 1,
                     .botsFailed = 1,
                     .botsPassed = 2,
                     .table = "t\n"};
    ramp.result = {.checks = {{.name = "a", .passed = 0, .failed = 2}},
                   .errors = {{"x", 2}, {"y", 3}},
                   .lost = 2,
                   .botsFailed = 4,
                   .botsPassed = 6,
                   .table = {}};

    EXPECT_FALSE(run.Play());

    EXPECT_EQ(steady.Joined(), 3U);
    EXPECT_EQ(ramp.Joined(), 10U);
    ASSERT_EQ(run.report.checks.size(), 2U);
    EXPECT_EQ(run.report.checks[0].name, "group 0: a");
    EXPECT_EQ(run.report.checks[1].name, "group 1: a");
    EXPECT_EQ(run.report.totals.errors, (Counts{{"x", 3}, {"y", 3}}));
    EXPECT_EQ(run.report.totals.lost, 3U);
    EXPECT_EQ(run.checks.front().failed, 5U);
    EXPECT_EQ(run.checks.front().passed, 8U);
}

TEST(LoadRun, MeasuresWhatThePlaySendsAndNoMore) {
    TestRun run(5s);
    run.scenario.warmUp = 1s;
    const Story& story = run.AddGroup({LoadShape::Steady{}}, 1);
    run.onMoment = [&] {
        if (story.isMeasuring) {
            story.board->NoteSent(run.clock.Now(), run.clock.Now());
        }
    };
    EXPECT_FALSE(run.Play());
    EXPECT_FALSE(story.isMeasuring);
    EXPECT_NEAR(static_cast<double>(run.report.totals.sent), 5000, 3);
}

// It is slow, and nobody is there at the first second's end.
TEST(LoadRun, PlaysInFullWhenTheBotsTookLongToEnter) {
    TestRun run(5s);
    run.AddGroup({LoadShape::Steady{}}, 5).entersAfter = 2500ms;
    EXPECT_FALSE(run.Play());
    EXPECT_NEAR(run.LengthOf("enter"), 2.5, 0.1);
    EXPECT_NEAR(run.LengthOf("play"), 5, kMoment);
}

TEST(LoadRun, MeasuresNothingWhenSomebodyDoesNotEnter) {
    TestRun run(5s);
    const Story& story = run.AddGroup({LoadShape::Steady{}}, 5);
    run.stories[0]->onLook = [](PopulationState& state) { state.online -= state.online == 5 ? 1U : 0U; };
    EXPECT_FALSE(run.Play());
    EXPECT_EQ(NamesOf(run.report.stages), (std::vector<std::string>{"connect", "enter", "leave"}));
    EXPECT_EQ(run.problems.size(), 1U);
    EXPECT_EQ(story.told, (std::vector<std::string>{"leave", "finish"}));
}

TEST(LoadRun, MeasuresNothingWhenTheyDoNotEnterInTime) {
    TestRun run(5s);
    run.AddGroup({LoadShape::Steady{}}, 5).entersAfter = 1h;
    EXPECT_FALSE(run.Play());
    EXPECT_EQ(run.FindStage("play"), nullptr);
    EXPECT_EQ(run.problems.size(), 1U);
    EXPECT_EQ(run.report.totals.seconds, 0);
}

TEST(LoadRun, EndsWhenTheServerNeverAnswers) {
    TestRun run(5s);
    const Story& story = run.AddGroup({LoadShape::Ramp{.over = 1s}}, 5);
    run.onMoment = [&] {
        if (story.Joined() == 1 && story.board->connectsFailed == 0) {
            story.board->NoteUnanswered(std::make_error_code(std::errc::connection_refused));
        }
    };
    EXPECT_EQ(run.Play(), std::errc::connection_refused);
    EXPECT_LT(run.LengthOf("play"), 2);
}

TEST(LoadRun, EndsWhenASteadyCrowdIsGone) {
    TestRun run(60s);
    const Story& story = run.AddGroup({LoadShape::Steady{}}, 5);
    run.stories[0]->onLook = [&](PopulationState& state) {
        if (story.playStart && run.clock.Now() > *story.playStart + 3s) {
            state.online = 0;
        }
    };
    EXPECT_FALSE(run.Play());
    EXPECT_NEAR(run.LengthOf("play"), 4, 1);
}

TEST(LoadRun, GoesOnWhileItsCrowdIsOnItsWayBack) {
    TestRun run(10s);
    const Story& story = run.AddGroup({LoadShape::Steady{}}, 5);
    run.stories[0]->onLook = [&](PopulationState& state) {
        if (story.playStart && run.clock.Now() > *story.playStart + 3s && run.clock.Now() < *story.playStart + 5s) {
            state.connecting = std::exchange(state.online, 0);
        }
    };
    EXPECT_FALSE(run.Play());
    EXPECT_NEAR(run.LengthOf("play"), 10, kMoment);
}

TEST(LoadRun, WaitsForWhatIsUnderWayButNotForEver) {
    TestRun run(2s);
    Story& story = run.AddGroup({LoadShape::Steady{}}, 5);
    story.haveAllArrived = false;
    run.onMoment = [&] { story.haveAllArrived = story.playEnd && run.clock.Now() > *story.playEnd + 4s; };
    EXPECT_FALSE(run.Play());
    EXPECT_NEAR(run.LengthOf("settle"), 4.3, 0.1);

    TestRun patient(2s);
    patient.AddGroup({LoadShape::Steady{}}, 5).haveAllArrived = false;
    EXPECT_FALSE(patient.Play());
    EXPECT_NEAR(patient.LengthOf("settle"), 10.3, 0.1);
}

TEST(LoadRun, TakesABotWithoutAPlaceForOneThatWasThere) {
    TestRun run(6s);
    Story& story = run.AddGroup({LoadShape::Soak{.over = 2s}}, 10);
    story.places = 6;
    EXPECT_FALSE(run.Play());
    EXPECT_EQ(story.Joined(), 6U);
    EXPECT_NEAR(run.LengthOf("play"), 6, kMoment);
}

TEST(LoadRun, AbortsWhenADemandCannotBeMetAnyMore) {
    for (const bool abort : {true, false}) {
        TestRun run(30s);
        run.thresholds = {ParseThreshold("connect_fail==0").threshold.value()};
        run.abortOnFail = abort;
        const Story& story = run.AddGroup({LoadShape::Steady{}}, 5);
        run.onMoment = [&] {
            if (story.playStart && run.clock.Now() == *story.playStart + 4s) {
                ++story.board->connectsFailed;
            }
        };
        EXPECT_FALSE(run.Play());
        EXPECT_NEAR(run.LengthOf("play"), abort ? 9 : 30, abort ? 1.1 : kMoment);
        EXPECT_EQ(run.problems.size(), abort ? 1U : 0U);
        ASSERT_FALSE(run.views.back().thresholds.empty());
    }
}

}  // namespace
}  // namespace loadtest::test
