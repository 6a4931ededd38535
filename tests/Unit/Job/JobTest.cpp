#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "ServerCore/Job/JobQueue.h"
#include "ServerCore/Job/WorkerPool.h"
#include "tests/Support/FakeClock.h"

namespace servercore::test {

namespace {

using PostResult = JobQueue::PostResult;
using std::chrono::microseconds;

constexpr std::chrono::seconds kPatience{20};

// Runs queues when the test says so.
class ManualExecutor final : public JobExecutor {
public:
    void Schedule(std::shared_ptr<JobQueue> queue) override { scheduled.push_back(std::move(queue)); }

    // One slice of the first queue. False: nothing is scheduled.
    bool RunOne() {
        if (scheduled.empty()) {
            return false;
        }
        std::shared_ptr<JobQueue> queue = std::move(scheduled.front());
        scheduled.pop_front();
        if (queue->RunSlice(activity)) {
            Schedule(std::move(queue));
        }
        return true;
    }
    void RunAll() {
        while (RunOne()) {
        }
    }

    std::deque<std::shared_ptr<JobQueue>> scheduled;
    WorkerActivity activity;
};

class JobQueueTest : public ::testing::Test {
protected:
    [[nodiscard]] std::shared_ptr<JobQueue> MakeQueue(JobQueueLimits limits = {}) {
        return std::make_shared<JobQueue>(executor, clock, limits);
    }
    // A job that leaves a mark and takes its time.
    [[nodiscard]] Job Mark(int mark, microseconds duration = {}) {
        return [this, mark, duration] {
            marks.push_back(mark);
            clock.Advance(duration);
        };
    }

    FakeClock clock;
    ManualExecutor executor;
    std::vector<int> marks;
};

using Marks = std::vector<int>;

TEST_F(JobQueueTest, RunsJobsInTheOrderOfPosting) {
    const auto queue = MakeQueue();
    for (const int mark : {1, 2, 3}) {
        EXPECT_EQ(queue->Post(Mark(mark)), PostResult::Queued);
    }
    EXPECT_TRUE(marks.empty()) << "Post runs nothing itself";
    EXPECT_EQ(queue->Pending(), 3U);
    executor.RunAll();
    EXPECT_EQ(marks, (Marks{1, 2, 3}));
    EXPECT_EQ(queue->Pending(), 0U);
}

TEST_F(JobQueueTest, IsScheduledOnceWhateverIsPosted) {
    const auto queue = MakeQueue();
    queue->Post(Mark(1));
    queue->Post(Mark(2));
    EXPECT_EQ(executor.scheduled.size(), 1U);
    executor.RunAll();
    queue->Post(Mark(3));
    EXPECT_EQ(executor.scheduled.size(), 1U);
    executor.RunAll();
    EXPECT_EQ(marks, (Marks{1, 2, 3}));
}

TEST_F(JobQueueTest, RunsWhatAJobPostsToItsOwnQueueAfterTheOthers) {
    const auto queue = MakeQueue();
    queue->Post([&] {
        marks.push_back(1);
        queue->Post(Mark(3));
        EXPECT_TRUE(executor.scheduled.empty()) << "a running queue is not scheduled again";
    });
    queue->Post(Mark(2));
    executor.RunAll();
    EXPECT_EQ(marks, (Marks{1, 2, 3}));
}

TEST_F(JobQueueTest, RefusesAJobTooManyAndTakesOneAgainLater) {
    const auto queue = MakeQueue({.maxJobs = 2});
    EXPECT_EQ(queue->Post(Mark(1)), PostResult::Queued);
    EXPECT_EQ(queue->Post(Mark(2)), PostResult::Queued);
    EXPECT_EQ(queue->Post(Mark(3)), PostResult::Full);
    EXPECT_EQ(queue->Pending(), 2U);
    executor.RunAll();
    EXPECT_EQ(queue->Post(Mark(4)), PostResult::Queued);
    executor.RunAll();
    EXPECT_EQ(marks, (Marks{1, 2, 4}));
}

TEST_F(JobQueueTest, RefusesJobsOnceClosedButRunsThoseItHas) {
    const auto queue = MakeQueue();
    queue->Post(Mark(1));
    queue->Close();
    EXPECT_EQ(queue->Post(Mark(2)), PostResult::Closed);
    executor.RunAll();
    EXPECT_EQ(marks, Marks{1});
    EXPECT_EQ(queue->Post(Mark(3)), PostResult::Closed);
    EXPECT_TRUE(executor.scheduled.empty());
}

TEST_F(JobQueueTest, AnExceptionEndsThatJobOnlyAndIsCounted) {
    const auto queue = MakeQueue();
    queue->Post(Mark(1));
    queue->Post([] { throw std::runtime_error("game bug"); });
    queue->Post([] { throw 42; });
    queue->Post(Mark(2));
    executor.RunAll();
    EXPECT_EQ(marks, (Marks{1, 2}));
    EXPECT_EQ(queue->Failed(), 2U);
}

TEST_F(JobQueueTest, GivesOthersATurnWhenItsTimeSliceIsUp) {
    const auto greedy = MakeQueue({.timeSlice = microseconds(100)});
    const auto other = MakeQueue();
    for (int i = 0; i < 6; ++i) {
        greedy->Post(Mark(i, microseconds(60)));  // two fit a slice
    }
    other->Post(Mark(100));
    executor.RunOne();
    EXPECT_EQ(marks, (Marks{0, 1}));
    EXPECT_EQ(greedy->Pending(), 4U);
    executor.RunOne();
    EXPECT_EQ(marks, (Marks{0, 1, 100}));
    executor.RunAll();
    EXPECT_EQ(marks, (Marks{0, 1, 100, 2, 3, 4, 5}));
}

TEST_F(JobQueueTest, DestroysAJobBeforeTheNextRuns) {
    const auto queue = MakeQueue();
    auto captured = std::make_shared<int>(0);
    const std::weak_ptr<int> watch = captured;
    queue->Post([captured = std::move(captured)] {});
    queue->Post([&] { EXPECT_TRUE(watch.expired()); });
    executor.RunAll();
    EXPECT_EQ(queue->Failed(), 0U);
}

TEST_F(JobQueueTest, AJobMayPostFromTheDestructorOfWhatItCaptured) {
    const auto queue = MakeQueue();
    struct Poster {
        ~Poster() { queue.Post(std::move(last)); }  // a queue that destroyed it under its lock would hang here
        JobQueue& queue;
        Job last;
    };
    queue->Post([poster = std::make_shared<Poster>(*queue, Mark(3))] {});
    queue->Post(Mark(2));
    executor.RunAll();
    EXPECT_EQ(marks, (Marks{2, 3}));
}

TEST_F(JobQueueTest, LivesAsLongAsItIsScheduled) {
    auto queue = MakeQueue();
    const std::weak_ptr<JobQueue> watch = queue;
    queue->Post(Mark(1));
    queue.reset();
    EXPECT_FALSE(watch.expired());
    executor.RunAll();
    EXPECT_EQ(marks, Marks{1});
    EXPECT_TRUE(watch.expired());
}

TEST_F(JobQueueTest, ReleasesJobsThatNeverRan) {
    auto captured = std::make_shared<int>(0);
    const std::weak_ptr<int> watch = captured;
    MakeQueue()->Post([captured = std::move(captured)] {});
    executor.scheduled.clear();
    EXPECT_TRUE(watch.expired());
}

// --- WorkerPool --------------------------------------------------------------------------------------------------------

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
    std::mutex mutex;
    std::condition_variable changed;
    bool otherRan = false;
    bool waited = false;
    {
        WorkerPool pool("pool");
        pool.Start(2);
        const auto slow = std::make_shared<JobQueue>(pool, clock, JobQueueLimits{});
        const auto other = std::make_shared<JobQueue>(pool, clock, JobQueueLimits{});
        slow->Post([&] {
            std::unique_lock lock(mutex);
            waited = changed.wait_for(lock, kPatience, [&] { return otherRan; });
        });
        other->Post([&] {
            const std::lock_guard lock(mutex);
            otherRan = true;
            changed.notify_all();
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
                        const Job job = [&owner, p, i] {
                            owner.overlaps += owner.running.exchange(true) ? 1U : 0U;
                            owner.disorder += owner.next[p]++ == i ? 0U : 1U;
                            owner.running.store(false);
                        };
                        while (owner.queue->Post(job) == PostResult::Full) {
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
        EXPECT_EQ(owner.queue->Pending(), 0U);
    }
}

}  // namespace

}  // namespace servercore::test
