#include "GameServer/World/TickWatch.h"

#include <gtest/gtest.h>

#include <chrono>

#include "tests/Support/FakeClock.h"

namespace game::test {

namespace {

using namespace std::chrono_literals;

const servercore::TimePoint kDue{1h};

TEST(TickSlip, IsMadeUpOfTheTimerTheTickBeforeAndTheWorker) {
    const TickSlip slip = SlipOf({.due = kDue, .posted = kDue + 10ms}, kDue + 40ms, kDue + 100ms);
    EXPECT_EQ(slip.total, 100ms);
    EXPECT_EQ(slip.timer, 10ms);
    EXPECT_EQ(slip.queue, 30ms);
    EXPECT_EQ(slip.worker, 60ms);
    EXPECT_EQ(slip.Reason(), LateBecause::Worker);
}

TEST(TickSlip, NamesTheLargestPart) {
    EXPECT_EQ(SlipOf({.due = kDue, .posted = kDue + 90ms}, kDue, kDue + 100ms).Reason(), LateBecause::Timer);
    EXPECT_EQ(SlipOf({.due = kDue, .posted = kDue}, kDue + 99ms, kDue + 100ms).Reason(), LateBecause::Queue);
    EXPECT_EQ(SlipOf({.due = kDue, .posted = kDue}, {}, kDue + 100ms).Reason(), LateBecause::Worker);
}

TEST(TickWatch, CountsTicksThatAreLaterThanAPeriodAndRemembersTheWorst) {
    servercore::test::FakeClock clock;
    servercore::Logger log = servercore::Logger::Silent();
    TickWatch watch(1, 50ms, clock, log);
    for (const auto late : {0ms, 50ms, 51ms, 30ms, 400ms, 60ms}) {
        const servercore::TimePoint due = clock.Now();
        clock.Advance(late);
        watch.OnBegin({.due = due, .posted = due}, 1);
        watch.OnEnd(1);
    }
    EXPECT_EQ(watch.LateTicks(), 3U);
    EXPECT_EQ(watch.WorstSlip(), 400ms);
}

TEST(TickSlip, IsDescribedForTheLog) {
    EXPECT_EQ(Describe(3, SlipOf({.due = kDue, .posted = kDue + 390ms}, {}, kDue + 400ms), 7),
              "a tick of zone 3 began 400 ms late: its timer was late (timer 390 ms, tick before 0 ms, worker 10 ms; 7 jobs before it)");
}

}  // namespace

}  // namespace game::test
