#include "ServerCore/Job/JobTimer.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "ServerCore/Job/JobQueue.h"
#include "ServerCore/Job/JobTimers.h"
#include "ServerCore/Job/ManualExecutor.h"
#include "ServerCore/Job/WorkerPool.h"
#include "tests/Support/Bell.h"
#include "tests/Support/FakeClock.h"

namespace servercore::test {

namespace {

using namespace std::chrono_literals;

using Times = std::vector<std::chrono::milliseconds>;

class JobTimerTest : public ::testing::Test {
protected:
    // Lets time pass in steps of a millisecond, and everything run that is due.
    void Pass(std::chrono::milliseconds time) {
        for (std::chrono::milliseconds passed{}; passed < time; ++passed) {
            clock.Advance(1ms);
            timers.RunDue();
            executor.RunAll();
        }
    }
    // In one step.
    void Jump(std::chrono::milliseconds time) {
        clock.Advance(time);
        timers.RunDue();
        executor.RunAll();
    }
    [[nodiscard]] Job NoteTime() {
        return [this] { times.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(clock.Now() - begin)); };
    }

    FakeClock clock;
    const TimePoint begin = clock.Now();
    ManualExecutor executor;
    std::shared_ptr<JobQueue> queue = std::make_shared<JobQueue>(executor, clock, JobQueueLimits{.maxJobs = 2});
    JobTimers timers{clock};
    Times times;
    JobTimer timer{timers, queue, "timer", NoteTime()};
};

TEST_F(JobTimerTest, FiresOnceAfterItsDelayAsAJob) {
    timer.After(5ms);
    Pass(4ms);
    EXPECT_TRUE(times.empty());
    clock.Advance(1ms);
    EXPECT_EQ(timers.RunDue(), 1U);
    EXPECT_TRUE(times.empty()) << "not as a job";
    EXPECT_EQ(queue->Stats().pending, 1U);
    executor.RunAll();
    Pass(100ms);
    EXPECT_EQ(times, Times{5ms});
    EXPECT_EQ(timer.Stats().fired, 1U);
    EXPECT_EQ(timers.NextExpiry(), std::nullopt);
}

TEST_F(JobTimerTest, FiresAtATimeAndAtOnceForOneThatHasPassed) {
    timer.At(begin + 7ms);
    Pass(20ms);
    timer.At(begin + 3ms);
    Pass(1ms);
    EXPECT_EQ(times, (Times{7ms, 21ms}));
}

TEST_F(JobTimerTest, FiresEveryPeriodAndDoesNotDrift) {
    timer.Every(10ms);
    Pass(13ms);
    Jump(9ms);   // two late
    Jump(12ms);  // four late
    Pass(6ms);
    EXPECT_EQ(times, (Times{10ms, 22ms, 34ms, 40ms}));
    EXPECT_EQ(timer.Stats().missed, 0U);
}

TEST_F(JobTimerTest, SkipsAndCountsThePeriodsThatItMissed) {
    timer.Every(10ms);
    Jump(57ms);  // five were due
    Pass(13ms);
    EXPECT_EQ(times, (Times{57ms, 60ms, 70ms}));
    EXPECT_EQ(timer.Stats().missed, 4U);
}

TEST_F(JobTimerTest, HasOneJobInTheQueueAtMost) {
    timer.Every(10ms);
    for (int i = 0; i < 5; ++i) {
        clock.Advance(10ms);
        timers.RunDue();
    }
    EXPECT_EQ(queue->Stats().pending, 1U);
    executor.RunAll();
    EXPECT_EQ(times, Times{50ms});
    EXPECT_EQ(timer.Stats().missed, 4U);
    Pass(10ms);
    EXPECT_EQ(times, (Times{50ms, 60ms}));
}

TEST_F(JobTimerTest, CountsAFiringThatDoesNotFitIntoTheQueueAndTriesASingleOneAgain) {
    queue->Post([] {});
    queue->Post([] {});
    timer.After(5ms);
    clock.Advance(5ms);
    timers.RunDue();
    EXPECT_EQ(timer.Stats().missed, 1U);
    executor.RunAll();
    EXPECT_TRUE(times.empty());
    Pass(50ms);
    EXPECT_EQ(times, Times{15ms});
}

TEST_F(JobTimerTest, BeginsItsPeriodsWhenItIsTold) {
    timer.Every(10ms, begin + 3ms);
    Pass(30ms);
    EXPECT_EQ(times, (Times{3ms, 13ms, 23ms}));
}

TEST_F(JobTimerTest, KnowsWhenItWasDueAndWhenItsJobWasPosted) {
    std::optional<JobTimer> own;
    std::vector<JobTimerFiring> firings;
    own.emplace(timers, queue, "own", [&] { firings.push_back(own->Firing()); });
    own->Every(10ms);
    clock.Advance(14ms);
    timers.RunDue();
    clock.Advance(4ms);
    executor.RunAll();
    Jump(27ms);  // at 45: the times 30 and 40 are missed
    own->At(begin + 50ms);
    Jump(10ms);
    ASSERT_EQ(firings.size(), 3U);
    EXPECT_EQ(firings[0].due - begin, 10ms);
    EXPECT_EQ(firings[0].posted - begin, 14ms);
    EXPECT_EQ(firings[1].due - begin, 20ms);
    EXPECT_EQ(firings[1].posted - begin, 45ms);
    EXPECT_EQ(firings[2].due - begin, 50ms);
    EXPECT_EQ(firings[2].posted - begin, 55ms);
}

TEST_F(JobTimerTest, APeriodicOneThatDoesNotFitWaitsForItsNextTime) {
    timer.Every(20ms);
    queue->Post([] {});
    queue->Post([] {});
    clock.Advance(20ms);
    timers.RunDue();
    executor.RunAll();
    Pass(20ms);
    EXPECT_EQ(times, Times{40ms});
    EXPECT_EQ(timer.Stats().missed, 1U);
}

TEST_F(JobTimerTest, GivesUpOnceTheQueueIsClosedOrGone) {
    JobTimer other(timers, queue, "other", NoteTime());
    timer.After(5ms);
    other.After(15ms);
    queue->Close();
    Pass(10ms);
    queue.reset();
    Pass(50ms);
    EXPECT_TRUE(times.empty());
    EXPECT_EQ(timers.NextExpiry(), std::nullopt);
}

TEST_F(JobTimerTest, IsCancelledBeforeItIsDue) {
    timer.After(5ms);
    timer.Cancel();
    timer.Cancel();
    Pass(10ms);
    EXPECT_TRUE(times.empty());
}

TEST_F(JobTimerTest, IsCancelledWhileItsJobIsInTheQueue) {
    queue->Post([this] { timer.Cancel(); });
    timer.After(5ms);
    clock.Advance(5ms);
    timers.RunDue();
    EXPECT_EQ(queue->Stats().pending, 2U);
    executor.RunAll();
    EXPECT_TRUE(times.empty());
}

TEST_F(JobTimerTest, IsArmedAgainWhileItsJobIsInTheQueue) {
    timer.After(5ms);
    clock.Advance(5ms);
    timers.RunDue();
    timer.After(5ms);
    clock.Advance(5ms);
    timers.RunDue();  // finds the job of the first arming in the queue
    executor.RunAll();
    EXPECT_EQ(times, Times{10ms});
}

TEST_F(JobTimerTest, ACancelledOneIsNotTriedAgain) {
    queue->Post([] {});
    queue->Post([] {});
    timer.After(5ms);
    clock.Advance(5ms);
    timers.RunDue();
    timer.Cancel();
    Pass(50ms);
    EXPECT_TRUE(times.empty());
}

TEST_F(JobTimerTest, TakesItsLatestArming) {
    timer.After(5ms);
    timer.After(20ms);
    Pass(10ms);
    timer.Every(4ms);
    Pass(10ms);
    timer.After(1ms);
    Pass(10ms);
    EXPECT_EQ(times, (Times{14ms, 18ms, 21ms}));
}

TEST_F(JobTimerTest, MayBeArmedCancelledAndDestroyedByItsOwnFunction) {
    std::optional<JobTimer> own;
    int left = 3;
    own.emplace(timers, queue, "own", [&, alive = std::make_shared<int>(0)] {
        if (--left > 0) {
            own->After(2ms);
        } else {
            own.reset();
            EXPECT_EQ(alive.use_count(), 1) << "the function is gone while it runs";
        }
    });
    own->After(1ms);
    Pass(20ms);
    EXPECT_EQ(left, 0);
    EXPECT_FALSE(own.has_value());
}

TEST_F(JobTimerTest, AnExceptionOfItsFunctionIsTheJobs) {
    JobTimer faulty(timers, queue, "faulty", [] { throw 42; });
    faulty.Every(5ms);
    Pass(10ms);
    EXPECT_EQ(queue->Stats().failed, 2U);
}

TEST_F(JobTimerTest, MoreThanAHandfulAreDueAtOnce) {
    const auto large = std::make_shared<JobQueue>(executor, clock, JobQueueLimits{});
    std::vector<std::unique_ptr<JobTimer>> many;
    int fired = 0;
    for (int i = 0; i < 1000; ++i) {
        many.push_back(std::make_unique<JobTimer>(timers, large, "many", [&fired] { ++fired; }));
        many.back()->After(3ms);
    }
    Jump(3ms);
    EXPECT_EQ(fired, 1000);
}

// --- With a thread -----------------------------------------------------------------------------------------------------

TEST(JobTimersThread, FiresWhatIsArmedBeforeAndWhileItSleeps) {
    const SteadyClock clock;
    Bell bell;
    std::atomic<int> beats = 0;
    std::atomic<bool> single = false;
    std::atomic<bool> tooEarly = false;
    WorkerPool pool("pool");
    pool.Start(1);
    const auto queue = std::make_shared<JobQueue>(pool, clock, JobQueueLimits{});
    JobTimers timers(clock);
    ASSERT_FALSE(timers.Start("timers"));
    JobTimer far(timers, queue, "far", [] { ADD_FAILURE() << "fired"; });
    far.After(1h);
    JobTimer beat(timers, queue, "beat", [&] {
        ++beats;
        bell.Ring();
    });
    beat.Every(1ms);
    EXPECT_TRUE(bell.WaitUntil([&] { return beats.load() >= 10; }));
    const TimePoint due = clock.Now() + 3ms;
    JobTimer once(timers, queue, "once", [&] {
        tooEarly = clock.Now() < due;
        single = true;
        bell.Ring();
    });
    once.At(due);
    EXPECT_TRUE(bell.WaitUntil([&] { return single.load(); }));
    EXPECT_FALSE(tooEarly.load());
    timers.Stop();
    timers.Stop();
    pool.Stop();
}

TEST(JobTimersThread, ArmingAndCancellingRaceWithFiringAndNothingFiresAfterACancelOnTheQueue) {
    constexpr int kRounds = 2000 / SERVERCORE_TESTS_SLOWDOWN;
    const SteadyClock clock;
    Bell bell;
    WorkerPool pool("pool");
    pool.Start(2);
    const auto queue = std::make_shared<JobQueue>(pool, clock, JobQueueLimits{});
    JobTimers timers(clock);
    ASSERT_FALSE(timers.Start("timers"));
    std::atomic<int> round = 0;
    bool armed = false;  // serialised by the queue
    std::atomic<int> wrong = 0;
    JobTimer timer(timers, queue, "timer", [&] { wrong += armed ? 0 : 1; });
    const auto play = [&] {
        const int now = ++round;
        if (now % 2 == 1) {
            armed = true;
            timer.Every(1ms);
        } else {
            armed = false;
            timer.Cancel();
        }
        bell.Ring();
    };
    for (int i = 0; i < kRounds; ++i) {
        EXPECT_EQ(queue->Post(play), JobQueue::PostResult::Queued);
        if (i % 8 == 0) {  // some leave the timer the time to fire
            EXPECT_TRUE(bell.WaitUntil([&] { return round.load() == i + 1; }));
        }
    }
    EXPECT_TRUE(bell.WaitUntil([&] { return round.load() == kRounds; }));
    timers.Stop();
    pool.Stop();
    EXPECT_EQ(wrong.load(), 0);
}

}  // namespace

}  // namespace servercore::test
