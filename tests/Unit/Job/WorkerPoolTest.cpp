#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "ServerCore/Base/Watchdog.h"
#include "ServerCore/Job/JobQueue.h"
#include "ServerCore/Job/WorkerPool.h"
#include "tests/Support/Bell.h"
#include "tests/Support/FakeClock.h"

namespace servercore::test {

namespace {

using PostResult = JobQueue::PostResult;
using std::chrono::microseconds;

TEST(WorkerPool, RunsEverythingThatIsQueuedBeforeItJoins) {
    const SteadyClock clock;
    std::atomic<int> ran = 0;
    {
        WorkerPool pool("pool");
        pool.Start(2);
        for (int q = 0; q < 10; ++q) {
            const auto queue = std::make_shared<JobQueue>(pool, clock, JobQueueLimits{.timeSlice = microseconds(0)});
            for (int i = 0; i < 100; ++i) {
                EXPECT_EQ(queue->Post([&ran] { ++ran; }), PostResult::Queued);
            }
        }
    }
    EXPECT_EQ(ran.load(), 1000);
}

TEST(WorkerPool, RunsWhatJobsPostWhileItStops) {
    const SteadyClock clock;
    std::atomic<int> ran = 0;
    std::shared_ptr<JobQueue> first;
    std::shared_ptr<JobQueue> second;
    const std::function<void(int)> bounce = [&](int left) {
        ++ran;
        if (left > 0) {
            (left % 2 == 0 ? first : second)->Post([&bounce, left] { bounce(left - 1); });
        }
    };
    {
        WorkerPool pool("pool");
        pool.Start(3);
        first = std::make_shared<JobQueue>(pool, clock, JobQueueLimits{});
        second = std::make_shared<JobQueue>(pool, clock, JobQueueLimits{});
        first->Post([&] { bounce(5000); });
    }  // most of it is still to come
    EXPECT_EQ(ran.load(), 5001);
}

TEST(WorkerPool, StopsWithoutEverHavingHadWork) {
    WorkerPool pool("pool");
    pool.Start(4);
}

TEST(WorkerPool, ASlowJobDelaysNoOtherOwner) {
    const SteadyClock clock;
    Bell bell;
    std::atomic<bool> otherRan = false;
    bool waited = false;
    {
        WorkerPool pool("pool");
        pool.Start(2);
        const auto slow = std::make_shared<JobQueue>(pool, clock, JobQueueLimits{});
        const auto other = std::make_shared<JobQueue>(pool, clock, JobQueueLimits{});
        slow->Post([&] { waited = bell.WaitUntil([&] { return otherRan.load(); }); });
        other->Post([&] {
            otherRan = true;
            bell.Ring();
        });
    }
    EXPECT_TRUE(waited);
}

TEST(WorkerPool, LosesNothingAndRunsEachQueueOnOneThreadAtATimeUnderLoad) {
    constexpr std::size_t kQueues = 5;
    constexpr unsigned kProducers = 3;
    constexpr unsigned kJobs = 3000;
    // What the queue serialises: plain data without a lock, as in a game.
    struct Owner {
        std::shared_ptr<JobQueue> queue;
        std::array<unsigned, kProducers> next{};
        std::atomic<bool> running = false;
        unsigned overlaps = 0;
        unsigned disorder = 0;
    };
    const SteadyClock clock;
    std::array<Owner, kQueues> owners;
    {
        WorkerPool pool("pool");
        pool.Start(3);
        for (Owner& owner : owners) {
            owner.queue = std::make_shared<JobQueue>(pool, clock, JobQueueLimits{.maxJobs = 100, .timeSlice = microseconds(50)});
        }
        std::vector<std::thread> producers;
        for (unsigned p = 0; p < kProducers; ++p) {
            producers.emplace_back([&owners, p] {
                for (unsigned i = 0; i < kJobs; ++i) {
                    for (Owner& owner : owners) {
                        Job job = [&owner, p, i] {
                            owner.overlaps += owner.running.exchange(true) ? 1U : 0U;
                            owner.disorder += owner.next[p]++ == i ? 0U : 1U;
                            owner.running.store(false);
                        };
                        while (owner.queue->Post(std::move(job)) == PostResult::Full) {
                            std::this_thread::yield();
                        }
                    }
                }
            });
        }
        for (std::thread& producer : producers) {
            producer.join();
        }
    }
    for (const Owner& owner : owners) {
        EXPECT_EQ(owner.next, (std::array<unsigned, kProducers>{kJobs, kJobs, kJobs}));
        EXPECT_EQ(owner.overlaps, 0U);
        EXPECT_EQ(owner.disorder, 0U);
        EXPECT_EQ(owner.queue->Stats().pending, 0U);
    }
}

// --- Stopping ----------------------------------------------------------------------------------------------------------

TEST(WorkerPool, RunsOrCountsEveryJobWhenItStopsUnderLoad) {
    constexpr int kRounds = SERVERCORE_TESTS_SLOWDOWN > 1 ? 5 : 50;
    constexpr std::size_t kQueues = 4;
    const SteadyClock clock;
    for (int round = 0; round < kRounds; ++round) {
        std::atomic<std::uint64_t> accepted = 0;
        std::atomic<std::uint64_t> ran = 0;
        std::vector<std::shared_ptr<JobQueue>> queues;
        Bell bell;
        WorkerPool pool("pool");
        for (std::size_t i = 0; i < kQueues; ++i) {
            queues.push_back(std::make_shared<JobQueue>(pool, clock, JobQueueLimits{.maxJobs = 50, .timeSlice = microseconds(20)}));
        }
        pool.Start(2);
        std::vector<std::thread> producers;
        for (std::size_t p = 0; p < 2; ++p) {
            producers.emplace_back([&, p] {
                for (std::size_t i = p, closed = 0; closed < kQueues; ++i) {
                    const PostResult result = queues[i % kQueues]->Post([&ran] { ++ran; });
                    closed = result == PostResult::Closed ? closed + 1 : 0;
                    accepted += result == PostResult::Queued ? 1U : 0U;
                    if (result == PostResult::Full) {
                        std::this_thread::yield();
                    }
                }
            });
        }
        EXPECT_TRUE(bell.WaitUntil([&] { return ran.load() > 100; }));
        if (round % 2 == 0) {
            for (const auto& queue : queues) {
                queue->Close();
            }
        }
        pool.Stop();  // in the other rounds it is the pool that closes the queues
        for (const auto& queue : queues) {
            queue->Close();
        }
        for (std::thread& producer : producers) {
            producer.join();
        }
        JobQueueStats sum;
        for (const auto& queue : queues) {
            const JobQueueStats stats = queue->Stats();
            EXPECT_EQ(stats.posted, stats.run + stats.abandoned);
            EXPECT_EQ(stats.pending, 0U);
            sum.posted += stats.posted;
            sum.run += stats.run;
        }
        EXPECT_EQ(sum.posted, accepted.load());
        EXPECT_EQ(sum.run, ran.load());
    }
}

TEST(WorkerPool, AbandonsWhatIsScheduledAfterItsStop) {
    const SteadyClock clock;
    WorkerPool pool("pool");
    pool.Start(1);
    const auto queue = std::make_shared<JobQueue>(pool, clock, JobQueueLimits{});
    pool.Stop();
    queue->Post([] { ADD_FAILURE() << "ran"; });
    EXPECT_EQ(queue->Stats().abandoned, 1U);
    EXPECT_EQ(queue->Post([] {}), PostResult::Closed);
}

TEST(WorkerPool, AbandonsEverythingIfItWasNeverStarted) {
    const SteadyClock clock;
    std::shared_ptr<JobQueue> queue;
    {
        WorkerPool pool("pool");
        queue = std::make_shared<JobQueue>(pool, clock, JobQueueLimits{});
        queue->Post([] { ADD_FAILURE() << "ran"; });
        queue->Post([] { ADD_FAILURE() << "ran"; });
    }
    EXPECT_EQ(queue->Stats().abandoned, 2U);
}

// --- Sleeping ----------------------------------------------------------------------------------------------------------

// A lost wake-up leaves the ball lying.
TEST(WorkerPool, WakesForEveryQueueThatBecomesReady) {
    constexpr int kBounces = 20'000 / SERVERCORE_TESTS_SLOWDOWN;
    const SteadyClock clock;
    Bell bell;
    std::array<std::atomic<int>, 4> left{};
    {
        WorkerPool pool("pool");
        pool.Start(3);
        std::array<std::shared_ptr<JobQueue>, 8> queues;
        for (auto& queue : queues) {
            queue = std::make_shared<JobQueue>(pool, clock, JobQueueLimits{});
        }
        // Each ball goes to and fro between two queues of its own.
        const std::function<void(std::size_t)> bounce = [&](std::size_t ball) {
            const int now = --left[ball];
            if (now > 0) {
                queues[2 * ball + static_cast<std::size_t>(now % 2)]->Post([&bounce, ball] { bounce(ball); });
            } else {
                bell.Ring();
            }
        };
        for (std::size_t ball = 0; ball < left.size(); ++ball) {
            left[ball] = kBounces;
            queues[2 * ball]->Post([&bounce, ball] { bounce(ball); });
        }
        for (const std::atomic<int>& ball : left) {
            EXPECT_TRUE(bell.WaitUntil([&] { return ball.load() == 0; }));
        }
    }
}

// --- The watchdog ------------------------------------------------------------------------------------------------------

TEST(WorkerPool, TellsTheWatchdogTheNameOfTheJob) {
    FakeClock clock;
    Bell bell;
    std::vector<std::string> reports;
    Watchdog watchdog(clock, {}, [&](const StallReport& report) { reports.push_back(Describe(report)); });
    std::atomic<int> running = 0;
    std::atomic<int> released = 0;
    {
        WorkerPool pool("logic");
        pool.Start(1, &watchdog);
        const auto queue = std::make_shared<JobQueue>(pool, clock, JobQueueLimits{.name = "zone job"});
        const auto hold = [&](int which) {
            running = which;
            bell.Ring();
            EXPECT_TRUE(bell.WaitUntil([&] { return released.load() >= which; }));
        };
        queue->Post("zone tick", [&] { hold(1); });
        queue->Post([&] { hold(2); });
        for (const int which : {1, 2}) {
            ASSERT_TRUE(bell.WaitUntil([&] { return running.load() == which; }));
            watchdog.Check(clock.Now());
            clock.Advance(std::chrono::milliseconds(300));
            watchdog.Check(clock.Now());
            released = which;
            bell.Ring();
        }
    }
    ASSERT_GE(reports.size(), 2U);
    EXPECT_NE(reports.front().find("logic-0"), std::string::npos) << reports.front();
    EXPECT_NE(reports.front().find("zone tick"), std::string::npos) << reports.front();
    EXPECT_NE(reports.back().find("zone job"), std::string::npos) << reports.back();
}

}  // namespace

}  // namespace servercore::test
