// Runs with real connections: which address they take, and what they say when nobody is there.
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "DummyClient/Kit/BotBehaviour.h"
#include "DummyClient/Kit/LoadRun.h"
#include "tests/Unit/LoadKit/RoomTest.h"

namespace loadtest::test {
namespace {

using namespace std::chrono_literals;
using servercore::NetAddress;

BotTask Visit(RoomBot& bot) {
    co_await bot.Connect();
    std::optional<Turn> turn = co_await bot.NextTurn();
    for (; turn; turn = co_await bot.NextTurn()) {
        bot.Ask(room::ANSWER, turn->number);
        const auto answer = co_await bot.Expect<room::S_Answer>(1h);
        bot.Check("the answer is to the question", answer.number() == turn->number);
        bot.Answered("ask", *turn);
    }
}

class LoadRunReach : public RoomTest {
protected:
    std::error_code Run(const std::vector<NetAddress>& addresses, LoadShape shape = {LoadShape::Steady{}}) {
        group.bots = 5;
        group.shape = shape;
        Scenario scenario;
        scenario.duration = 500ms;
        scenario.groups = {group};
        LoadPlan plan{.scenario = std::move(scenario),
                      .behaviours = {MakeBehaviour<RoomBot>({.name = "room", .about = {}, .options = {}}, {"ask"}, &Visit)},
                      .workers = 2,
                      .sources = {},
                      .thresholds = {}};
        const auto pause = [this](std::chrono::milliseconds time) {
            std::unique_lock lock(mutex_);
            (void)never_.wait_for(lock, time, [] { return false; });
            return isInterrupted;
        };
        LoadRun run(std::move(plan),
                    {.network = *world.network, .clock = world.clock, .log = world.log, .pause = pause, .show = [](const RunView&) {}});
        const std::error_code error = run.Run(addresses);
        report = run.TakeReport();
        problems = run.Problems();
        return error;
    }

    bool isInterrupted = false;
    RunReport report;
    Counts problems;

private:
    // Paces a run.
    std::mutex mutex_;
    std::condition_variable never_;
};

TEST_F(LoadRunReach, PlaysAndMeasures) {
    EXPECT_FALSE(Run({server.Address()}));
    EXPECT_TRUE(problems.empty());
    EXPECT_EQ(server.Log().Connected(), 5U);
    EXPECT_GT(report.totals.sent, 0U);
    EXPECT_EQ(report.totals.connects, 5U);
    EXPECT_EQ(report.totals.connectsFailed, 0U);
    ASSERT_EQ(report.checks.size(), 1U);
    EXPECT_EQ(report.checks[0].failed, 0U);
    ASSERT_EQ(report.latency.size(), 1U);
    EXPECT_EQ(report.latency[0].response.Count(), report.checks[0].passed);
    EXPECT_TRUE(report.totals.errors.empty());
}

TEST_F(LoadRunReach, TakesTheFirstAddressWhereSomebodyAnswers) {
    const NetAddress dead = DeadAddress();
    EXPECT_FALSE(Run({dead, server.Address(), dead}));
    EXPECT_EQ(report.totals.connects, 5U);
    EXPECT_EQ(report.totals.connectsFailed, 0U);
    EXPECT_TRUE(problems.empty());
}

TEST_F(LoadRunReach, SaysWhyNobodyAnswersAtAnyAddress) {
    const NetAddress dead = DeadAddress();
    EXPECT_EQ(Run({dead, dead}), std::errc::connection_refused);
    EXPECT_EQ(Run({dead}), std::errc::connection_refused);
    EXPECT_EQ(Run({dead}, {LoadShape::Ramp{.over = 100ms}}), std::errc::connection_refused);
    EXPECT_TRUE(Run({}));
}

TEST_F(LoadRunReach, CanBeInterruptedWhileItLooksForTheServer) {
    isInterrupted = true;
    const std::error_code error = Run({server.Address(), server.Address()});
    EXPECT_FALSE(error) << error.message();
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_EQ(problems.begin()->first, "interrupted before all bots had entered; nothing was measured");
}

}  // namespace
}  // namespace loadtest::test
