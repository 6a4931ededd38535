#include "ServerCore/Job/JobTask.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "ServerCore/Job/JobDelay.h"
#include "ServerCore/Job/JobQueue.h"
#include "ServerCore/Job/JobTimers.h"
#include "ServerCore/Job/ManualExecutor.h"
#include "ServerCore/Job/WorkerPool.h"
#include "tests/Support/Bell.h"
#include "tests/Support/FakeClock.h"

namespace servercore::test {

namespace {

using namespace std::chrono_literals;
using PostResult = JobQueue::PostResult;
using QueueRef = std::shared_ptr<JobQueue>;
using Log = std::vector<std::string>;

class JobTaskTest : public ::testing::Test {
protected:
    [[nodiscard]] QueueRef MakeQueue(JobQueueLimits limits = {}) { return std::make_shared<JobQueue>(executor, clock, limits); }
    void Pass(std::chrono::milliseconds time) {
        for (std::chrono::milliseconds passed{}; passed < time; ++passed) {
            clock.Advance(1ms);
            timers.RunDue();
            executor.RunAll();
        }
    }

    FakeClock clock;
    ManualExecutor executor;
    QueueRef a = MakeQueue();
    QueueRef b = MakeQueue({.maxJobs = 2});
    JobTimers timers{clock};
    Log log;
    // Held by coroutines: expires with their frames.
    std::shared_ptr<int> held = std::make_shared<int>(0);
};

JobTask ThereAndBack(QueueRef from, QueueRef to, Log& log, std::shared_ptr<int> /*held*/) {
    log.push_back("begins");
    const std::string result = std::string(40, 'x') + std::to_string(from->Stats().run);
    co_await to->Switch();
    log.push_back("there with " + result.substr(40));
    co_await from->Switch();
    log.push_back("back");
}

TEST_F(JobTaskTest, EachPartIsAJobOfItsQueue) {
    a->Post(ThereAndBack(a, b, log, held));
    EXPECT_EQ(log, Log{}) << "begins as a job";
    EXPECT_TRUE(executor.RunOne());
    EXPECT_EQ(log, Log{"begins"});
    EXPECT_EQ(b->Stats().pending, 1U);
    EXPECT_TRUE(executor.RunOne());
    EXPECT_EQ(log, (Log{"begins", "there with 1"}));
    executor.RunAll();
    EXPECT_EQ(log, (Log{"begins", "there with 1", "back"}));
    EXPECT_EQ(a->Stats().run, 2U);
    EXPECT_EQ(b->Stats().run, 1U);
    EXPECT_EQ(held.use_count(), 1) << "the frame is gone";
}

// The same without a coroutine.
TEST_F(JobTaskTest, AJobHandsItsResultToAnotherQueue) {
    a->Post([this] {
        std::vector<int> result = {1, 2, 3};
        b->Post([this, result = std::move(result)] { log.push_back(std::to_string(result.size())); });
    });
    executor.RunAll();
    EXPECT_EQ(log, Log{"3"});
}

TEST_F(JobTaskTest, ARefusedSwitchGoesOnWhereItIs) {
    const auto visit = [](QueueRef to, Log& out, std::shared_ptr<int> /*held*/) -> JobTask {
        for (int i = 0; i < 2; ++i) {
            const PostResult result = co_await to->TrySwitch();
            out.push_back(result == PostResult::Full ? "full" : "other");
        }
    };
    b->Post([] {});
    b->Post([] {});
    visit(b, log, held)();
    EXPECT_EQ(log, (Log{"full", "full"}));
    EXPECT_EQ(held.use_count(), 1);
    EXPECT_EQ(b->Stats().pending, 2U);
    executor.RunAll();

    b->Close();
    visit(b, log, held)();
    EXPECT_EQ(log.back(), "other");
}

TEST_F(JobTaskTest, ARefusedSwitchEndsTheCoroutineUnlessItCatchesThat) {
    b->Close();
    a->Post(ThereAndBack(a, b, log, held));
    executor.RunAll();
    EXPECT_EQ(log, Log{"begins"});
    EXPECT_EQ(a->Stats().failed, 1U);
    EXPECT_EQ(held.use_count(), 1);

    const auto careful = [](QueueRef to, Log& out) -> JobTask {
        try {
            co_await to->Switch();
        } catch (const SwitchRefused& refused) {
            out.push_back(refused.Result() == PostResult::Closed ? "closed" : "?");
        }
    };
    a->Post(careful(b, log));
    executor.RunAll();
    EXPECT_EQ(log.back(), "closed");
    EXPECT_EQ(a->Stats().failed, 1U);
}

JobTask ThrowOn(QueueRef to, std::shared_ptr<int> /*held*/) {
    co_await to->Switch();
    throw std::runtime_error("game bug");
}

TEST_F(JobTaskTest, AnExceptionCountsWhereItEscapes) {
    a->Post(ThrowOn(b, held));
    executor.RunAll();
    EXPECT_EQ(a->Stats().failed, 0U);
    EXPECT_EQ(b->Stats().failed, 1U);
    EXPECT_EQ(held.use_count(), 1);

    const auto throwAtOnce = [](std::shared_ptr<int> /*held*/) -> JobTask {
        throw 42;
        co_return;
    };
    a->Post(throwAtOnce(held));
    executor.RunAll();
    EXPECT_EQ(a->Stats().failed, 1U);
    EXPECT_EQ(held.use_count(), 1);
}

TEST_F(JobTaskTest, IsDestroyedIfItNeverBegins) {
    { const JobTask never = ThereAndBack(a, b, log, held); }
    a->Close();
    EXPECT_EQ(a->Post(ThereAndBack(a, b, log, held)), PostResult::Closed);
    EXPECT_EQ(held.use_count(), 1);
    EXPECT_EQ(log, Log{});
}

TEST_F(JobTaskTest, IsDestroyedWithTheQueueWhereItIsSuspended) {
    {
        ManualExecutor shortLived;
        const auto doomed = std::make_shared<JobQueue>(shortLived, clock, JobQueueLimits{});
        a->Post(ThereAndBack(a, doomed, log, held));
        executor.RunAll();
        EXPECT_EQ(doomed->Stats().pending, 1U);
        EXPECT_EQ(held.use_count(), 2);
    }
    EXPECT_EQ(held.use_count(), 1);
    EXPECT_EQ(log, Log{"begins"});
}

TEST_F(JobTaskTest, IsCountedWhenItsQueueAbandonsIt) {
    a->Post(ThereAndBack(a, b, log, held));
    EXPECT_TRUE(executor.RunOne());
    EXPECT_EQ(b->Abandon(), 1U);
    EXPECT_EQ(held.use_count(), 1);
    EXPECT_EQ(b->Stats().abandoned, 1U);
}

// --- Delays ------------------------------------------------------------------------------------------------------------

JobTask Countdown(JobTimers& timers, QueueRef queue, Log& log, std::shared_ptr<int> /*held*/) {
    for (int left = 3; left > 0; --left) {
        log.push_back(std::to_string(left));
        co_await timers.Delay(queue, 10ms);
    }
    log.push_back("go");
}

TEST_F(JobTaskTest, WaitsWithoutAThread) {
    a->Post(Countdown(timers, a, log, held));
    executor.RunAll();
    Pass(9ms);
    EXPECT_EQ(log, Log{"3"});
    Pass(1ms);
    EXPECT_EQ(log, (Log{"3", "2"}));
    Pass(20ms);
    EXPECT_EQ(log, (Log{"3", "2", "1", "go"}));
    EXPECT_EQ(held.use_count(), 1);
    EXPECT_EQ(timers.NextExpiry(), std::nullopt);
}

TEST_F(JobTaskTest, ADelayOutlastsAFullQueue) {
    b->Post(Countdown(timers, b, log, held));
    executor.RunAll();
    b->Post([] {});
    b->Post([] {});
    clock.Advance(10ms);
    timers.RunDue();
    EXPECT_EQ(b->Stats().refusedFull, 1U);
    executor.RunAll();
    EXPECT_EQ(log, Log{"3"});
    Pass(10ms);
    EXPECT_EQ(log, (Log{"3", "2"}));
    Pass(30ms);
    EXPECT_EQ(log.back(), "go");
}

TEST_F(JobTaskTest, ADelayOnAClosedQueueEndsTheCoroutine) {
    a->Post(Countdown(timers, a, log, held));
    executor.RunAll();
    a->Close();
    EXPECT_EQ(held.use_count(), 2);
    Pass(10ms);
    EXPECT_EQ(held.use_count(), 1);
    EXPECT_EQ(log, Log{"3"});
}

TEST_F(JobTaskTest, ADelayEndsWithTheTimers) {
    {
        JobTimers shortLived(clock);
        for (int i = 0; i < 100; ++i) {
            a->Post(Countdown(shortLived, a, log, held));
        }
        executor.RunAll();
        EXPECT_EQ(held.use_count(), 101);
    }
    EXPECT_EQ(held.use_count(), 1);
}

// --- Threads -----------------------------------------------------------------------------------------------------------

// Plain numbers that only their queues protect.
struct Account {
    QueueRef queue;
    int coins = 0;
};

JobTask Carry(std::shared_ptr<Account> from, std::shared_ptr<Account> to, JobTimers& timers, int rounds, std::atomic<int>& done,
              Bell& bell) {
    for (int i = 0; i < rounds; ++i) {
        co_await from->queue->Switch();
        --from->coins;
        if (i % 16 == 0) {
            co_await timers.Delay(to->queue, 1ms);
        } else {
            co_await to->queue->Switch();
        }
        ++to->coins;
    }
    ++done;
    bell.Ring();
}

TEST(JobTaskThreads, ManyCoroutinesGoToAndFro) {
    constexpr int kRounds = 500 / SERVERCORE_TESTS_SLOWDOWN;
    constexpr int kCarriers = 20;
    const SteadyClock clock;
    Bell bell;
    std::atomic<int> done = 0;
    WorkerPool pool("pool");
    pool.Start(3);
    JobTimers timers(clock);
    ASSERT_FALSE(timers.Start("timers"));
    const auto makeAccount = [&] {
        return std::make_shared<Account>(Account{.queue = std::make_shared<JobQueue>(pool, clock, JobQueueLimits{})});
    };
    const auto from = makeAccount();
    const auto to = makeAccount();
    for (int i = 0; i < kCarriers; ++i) {
        EXPECT_EQ(from->queue->Post(Carry(from, to, timers, kRounds, done, bell)), PostResult::Queued);
    }
    EXPECT_TRUE(bell.WaitUntil([&] { return done.load() == kCarriers; }));
    timers.Stop();
    pool.Stop();
    EXPECT_EQ(from->coins, -kCarriers * kRounds);
    EXPECT_EQ(to->coins, kCarriers * kRounds);
}

}  // namespace

}  // namespace servercore::test
