// That jobs, timers and delays allocate nothing once there has been as much of them before.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include "ServerCore/Job/JobDelay.h"
#include "ServerCore/Job/JobQueue.h"
#include "ServerCore/Job/JobTask.h"
#include "ServerCore/Job/JobTimer.h"
#include "ServerCore/Job/ManualExecutor.h"
#include "ServerCore/Job/WorkerPool.h"
#include "tests/Integration/Footprint/CountedHeap.h"
#include "tests/Support/FakeClock.h"
#include "tests/Support/ObservedSession.h"

namespace servercore::test {
namespace {

using namespace std::chrono_literals;

constexpr int kJobs = 10'000;
constexpr int kAtATime = 100;

// As large as a job may be.
struct Load {
    std::shared_ptr<std::atomic<int>> count;
    std::array<std::byte, 64> rest{};
};

template <class Play>
void ExpectNoAllocation(Play play) {
    play();  // whatever grows has grown then
    const std::uint64_t before = Allocations();
    play();
    EXPECT_EQ(Allocations() - before, 0U);
}

TEST(JobAllocation, DoesNotHappenForJobsOnAManualExecutor) {
    const FakeClock clock;
    ManualExecutor executor;
    const auto count = std::make_shared<std::atomic<int>>(0);
    const auto queue = std::make_shared<JobQueue>(executor, clock, JobQueueLimits{});
    ExpectNoAllocation([&] {
        for (int i = 0; i < kJobs; ++i) {
            queue->Post([load = Load{.count = count}] { ++*load.count; });
            if (i % kAtATime == 0) {
                executor.RunAll();
            }
        }
        executor.RunAll();
    });
    EXPECT_EQ(count->load(), 2 * kJobs);
}

TEST(JobAllocation, DoesNotHappenForJobsOnAPool) {
    const SteadyClock clock;
    Bell bell;
    const auto count = std::make_shared<std::atomic<int>>(0);
    WorkerPool pool("pool");
    pool.Start(2);
    std::array<std::shared_ptr<JobQueue>, 4> queues;
    for (auto& queue : queues) {
        queue = std::make_shared<JobQueue>(pool, clock, JobQueueLimits{});
    }
    // So that no queue needs more room in one part than in the other, its jobs wait behind one that holds them up.
    int expected = 0;
    std::atomic<bool> mayGo = false;
    const std::function<bool()> goes = [&] { return mayGo.load(); };
    const std::function<bool()> allRan = [&] { return count->load() == expected; };
    ExpectNoAllocation([&] {
        for (int round = 0; round < kJobs / kAtATime; ++round) {
            mayGo = false;
            for (const auto& queue : queues) {
                queue->Post([&] { EXPECT_TRUE(bell.WaitUntil(goes)); });
                for (int i = 0; i < kAtATime; ++i) {
                    queue->Post([load = Load{.count = count}] { ++*load.count; });
                }
                queue->Post([&bell] { bell.Ring(); });
            }
            expected += kAtATime * static_cast<int>(queues.size());
            mayGo = true;
            bell.Ring();
            EXPECT_TRUE(bell.WaitUntil(allRan));
        }
    });
}

TEST(JobAllocation, DoesNotHappenForTimersAndDelays) {
    FakeClock clock;
    ManualExecutor executor;
    const auto queue = std::make_shared<JobQueue>(executor, clock, JobQueueLimits{});
    JobTimers timers(clock);
    int beats = 0;
    JobTimer beat(timers, queue, "beat", [&beats] { ++beats; });
    JobTimer again(timers, queue, "again", [&again] { again.After(3ms); });
    again.After(3ms);
    int delays = 0;
    const auto wait = [](JobTimers& owner, std::shared_ptr<JobQueue> home, int& count) -> JobTask {
        for (;;) {
            co_await owner.Delay(home, 7ms);
            co_await home->Switch();
            ++count;
        }
    };
    queue->Post(wait(timers, queue, delays));
    executor.RunAll();
    ExpectNoAllocation([&] {
        for (int i = 0; i < kJobs; ++i) {
            if (i % 16 == 0) {
                beat.Every(2ms);
            }
            clock.Advance(1ms);
            timers.RunDue();
            executor.RunAll();
        }
    });
    EXPECT_GT(beats, kJobs / 2);
    EXPECT_GT(delays, kJobs / 7);
    queue->Abandon();
}

}  // namespace
}  // namespace servercore::test
