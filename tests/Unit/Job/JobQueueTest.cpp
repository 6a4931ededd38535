#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include "ServerCore/Job/JobQueue.h"
#include "ServerCore/Job/ManualExecutor.h"
#include "ServerCore/Job/ReadyQueues.h"
#include "tests/Support/FakeClock.h"

namespace servercore::test {

namespace {

using PostResult = JobQueue::PostResult;
using std::chrono::microseconds;
using namespace std::chrono_literals;

// Runs queues when the test says so, and counts how often they asked.
class CountingExecutor final : public JobExecutor {
public:
    void Schedule(std::shared_ptr<JobQueue> queue) noexcept override {
        ++scheduled;
        executor.Schedule(std::move(queue));
    }

    int scheduled = 0;
    ManualExecutor executor;
};

class JobQueueTest : public ::testing::Test {
protected:
    [[nodiscard]] std::shared_ptr<JobQueue> MakeQueue(JobQueueLimits limits = {}) {
        return std::make_shared<JobQueue>(counting, clock, limits);
    }
    // A job that leaves a mark and takes its time.
    [[nodiscard]] Job Mark(int mark, microseconds duration = {}) {
        return [this, mark, duration] {
            marks.push_back(mark);
            clock.Advance(duration);
        };
    }

    FakeClock clock;
    CountingExecutor counting;
    ManualExecutor& executor = counting.executor;
    std::vector<int> marks;
};

using Marks = std::vector<int>;

TEST_F(JobQueueTest, RunsJobsInTheOrderOfPosting) {
    const auto queue = MakeQueue();
    for (const int mark : {1, 2, 3}) {
        EXPECT_EQ(queue->Post(Mark(mark)), PostResult::Queued);
    }
    EXPECT_TRUE(marks.empty()) << "Post runs nothing itself";
    EXPECT_EQ(queue->Stats().pending, 3U);
    executor.RunAll();
    EXPECT_EQ(marks, (Marks{1, 2, 3}));
    EXPECT_EQ(queue->Stats().pending, 0U);
}

TEST_F(JobQueueTest, IsScheduledOnceWhateverIsPosted) {
    const auto queue = MakeQueue();
    queue->Post(Mark(1));
    queue->Post(Mark(2));
    EXPECT_EQ(counting.scheduled, 1);
    executor.RunAll();
    queue->Post(Mark(3));
    EXPECT_EQ(counting.scheduled, 2);
    executor.RunAll();
    EXPECT_EQ(marks, (Marks{1, 2, 3}));
}

TEST_F(JobQueueTest, RunsWhatAJobPostsToItsOwnQueueAfterTheOthers) {
    const auto queue = MakeQueue();
    queue->Post([&] {
        marks.push_back(1);
        queue->Post(Mark(3));
        EXPECT_EQ(counting.scheduled, 1) << "a running queue is not scheduled again";
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
    EXPECT_EQ(queue->Stats().pending, 2U);
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
    EXPECT_TRUE(executor.IsIdle());
}

TEST_F(JobQueueTest, AnExceptionEndsThatJobOnlyAndIsCounted) {
    const auto queue = MakeQueue();
    queue->Post(Mark(1));
    queue->Post([] { throw std::runtime_error("game bug"); });
    queue->Post([] { throw 42; });
    queue->Post(Mark(2));
    executor.RunAll();
    EXPECT_EQ(marks, (Marks{1, 2}));
    EXPECT_EQ(queue->Stats().failed, 2U);
}

TEST_F(JobQueueTest, GivesOthersATurnWhenItsTimeSliceIsUp) {
    const auto greedy = MakeQueue({.timeSlice = microseconds(100)});
    const auto other = MakeQueue();
    for (int i = 0; i < 6; ++i) {
        greedy->Post(Mark(i, microseconds(60)));  // two fit a slice
    }
    other->Post(Mark(100));
    EXPECT_TRUE(executor.RunOne());
    EXPECT_EQ(marks, (Marks{0, 1}));
    EXPECT_EQ(greedy->Stats().pending, 4U);
    EXPECT_TRUE(executor.RunOne());
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
    EXPECT_EQ(queue->Stats().failed, 0U);
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

// --- Bounds ------------------------------------------------------------------------------------------------------------

TEST_F(JobQueueTest, LeavesARefusedJobToItsPoster) {
    const auto queue = MakeQueue({.maxJobs = 1});
    queue->Post(Mark(1));
    Job job = Mark(2);
    EXPECT_EQ(queue->Post(std::move(job)), PostResult::Full);
    executor.RunAll();
    ASSERT_TRUE(job);
    EXPECT_EQ(queue->Post(std::move(job)), PostResult::Queued);
    executor.RunAll();
    EXPECT_EQ(marks, (Marks{1, 2}));
}

TEST_F(JobQueueTest, RefusesJobsWhileTheOldestHasWaitedTooLong) {
    const auto queue = MakeQueue({.maxAge = 100ms});
    queue->Post(Mark(1));
    clock.Advance(60ms);
    queue->Post(Mark(2));
    clock.Advance(40ms);
    EXPECT_EQ(queue->Post(Mark(3)), PostResult::Queued) << "at the limit";
    clock.Advance(1ms);
    EXPECT_EQ(queue->Post(Mark(4)), PostResult::Stale);
    EXPECT_EQ(queue->Stats().oldestAge, 101ms);
    executor.RunAll();
    EXPECT_EQ(queue->Post(Mark(5)), PostResult::Queued);
    executor.RunAll();
    EXPECT_EQ(marks, (Marks{1, 2, 3, 5}));
}

TEST_F(JobQueueTest, AnAgeLimitOfZeroIsNone) {
    const auto queue = MakeQueue({.maxAge = 0ms});
    queue->Post(Mark(1));
    clock.Advance(1h);
    EXPECT_EQ(queue->Post(Mark(2)), PostResult::Queued);
    executor.RunAll();
}

TEST_F(JobQueueTest, TellsWhatBecameOfEveryJob) {
    const auto queue = MakeQueue({.maxJobs = 3, .maxAge = 10ms});
    queue->Post(Mark(1, 5ms));
    queue->Post([] { throw std::runtime_error("game bug"); });
    queue->Post(Mark(3));
    EXPECT_EQ(queue->Post(Mark(4)), PostResult::Full);
    EXPECT_TRUE(executor.RunOne());  // one: it uses up the time slice
    clock.Advance(11ms);
    EXPECT_EQ(queue->Post(Mark(6)), PostResult::Stale);
    EXPECT_EQ(queue->Abandon(), 2U);
    EXPECT_EQ(queue->Post(Mark(7)), PostResult::Closed);
    executor.RunAll();

    const JobQueueStats stats = queue->Stats();
    EXPECT_EQ(stats.posted, 3U);
    EXPECT_EQ(stats.run, 1U);
    EXPECT_EQ(stats.abandoned, 2U);
    EXPECT_EQ(stats.pending, 0U);
    EXPECT_EQ(stats.refusedFull, 1U);
    EXPECT_EQ(stats.refusedStale, 1U);
    EXPECT_EQ(stats.refusedClosed, 1U);
    EXPECT_EQ(marks, Marks{1});
}

TEST_F(JobQueueTest, RemembersTheLongestWait) {
    const auto queue = MakeQueue();
    queue->Post(Mark(1, 3ms));
    queue->Post(Mark(2));
    clock.Advance(1ms);
    executor.RunAll();
    queue->Post(Mark(3));
    executor.RunAll();
    EXPECT_EQ(queue->Stats().longestWait, 4ms);
    EXPECT_EQ(queue->Stats().oldestAge, 0ms);
}

TEST_F(JobQueueTest, KeepsItsOrderWhileItGrowsAndWrapsAround) {
    const auto queue = MakeQueue({.timeSlice = 0us});
    Marks expected;
    for (int i = 0; i < 500; ++i) {
        queue->Post(Mark(i));
        expected.push_back(i);
        if (i % 3 == 0) {
            EXPECT_TRUE(executor.RunOne());
        }
    }
    executor.RunAll();
    EXPECT_EQ(marks, expected);
}

// --- Backlog -----------------------------------------------------------------------------------------------------------

class Recorder final : public JobBacklogObserver {
public:
    void OnBacklog(bool isHigh) noexcept override {
        told.push_back(isHigh);
        if (const std::function<void()> hook = onBacklog) {
            hook();
        }
    }

    std::vector<bool> told;
    std::function<void()> onBacklog;
};

using Told = std::vector<bool>;

TEST_F(JobQueueTest, TellsOfAHighBacklogOnceAndOfALowOneOnce) {
    const auto queue = MakeQueue({.timeSlice = 0us, .highWater = 4, .lowWater = 2});
    const auto recorder = std::make_shared<Recorder>();
    queue->SetObserver(recorder);
    for (int i = 0; i < 3; ++i) {
        queue->Post(Mark(i));
    }
    EXPECT_EQ(recorder->told, Told{});
    queue->Post(Mark(3));
    queue->Post(Mark(4));
    EXPECT_EQ(recorder->told, Told{true});
    EXPECT_TRUE(executor.RunOne());
    EXPECT_TRUE(executor.RunOne());
    EXPECT_EQ(recorder->told, Told{true}) << "between the marks nothing changes";
    EXPECT_TRUE(executor.RunOne());
    EXPECT_EQ(recorder->told, (Told{true, false}));
    queue->Post(Mark(5));
    EXPECT_EQ(recorder->told, (Told{true, false})) << "between the marks nothing changes";
    queue->Post(Mark(6));
    EXPECT_EQ(recorder->told, (Told{true, false, true}));
    queue->Abandon();
    EXPECT_EQ(recorder->told, (Told{true, false, true, false}));
}

TEST_F(JobQueueTest, TellsTheLatestLastWhateverHappensMeanwhile) {
    const auto queue = MakeQueue({.highWater = 2, .lowWater = 0});
    const auto recorder = std::make_shared<Recorder>();
    queue->SetObserver(recorder);
    recorder->onBacklog = [&] {
        if (recorder->told.size() == 1) {
            executor.RunAll();  // as another thread might, before the first call has returned
            EXPECT_EQ(recorder->told.size(), 1U) << "calls overlap";
        }
    };
    queue->Post(Mark(1));
    queue->Post(Mark(2));
    EXPECT_EQ(recorder->told, (Told{true, false}));
}

TEST_F(JobQueueTest, AnObserverMayBeGone) {
    const auto queue = MakeQueue({.highWater = 1, .lowWater = 0});
    queue->SetObserver(std::make_shared<Recorder>());
    queue->Post(Mark(1));
    executor.RunAll();
    EXPECT_EQ(marks, Marks{1});
}

// --- The end -----------------------------------------------------------------------------------------------------------

TEST_F(JobQueueTest, ReleasesJobsThatNeverRan) {
    auto captured = std::make_shared<int>(0);
    const std::weak_ptr<int> watch = captured;
    {
        ManualExecutor short_lived;
        std::make_shared<JobQueue>(short_lived, clock, JobQueueLimits{})->Post([captured = std::move(captured)] {});
        EXPECT_FALSE(watch.expired());
    }
    EXPECT_TRUE(watch.expired());
}

TEST_F(JobQueueTest, AJobThatHoldsItsOwnQueueIsReleased) {
    std::weak_ptr<JobQueue> watch;
    {
        ManualExecutor short_lived;
        const auto queue = std::make_shared<JobQueue>(short_lived, clock, JobQueueLimits{});
        watch = queue;
        queue->Post([queue] {});
    }
    EXPECT_TRUE(watch.expired());
}

TEST_F(JobQueueTest, WhatADroppedJobHeldMayPostWhenItGoes) {
    const auto queue = MakeQueue();
    PostResult answer = PostResult::Queued;
    const auto poster = [&answer](JobQueue* to) { answer = to->Post([] {}); };
    queue->Post([held = std::shared_ptr<JobQueue>(queue.get(), poster)] {});
    queue->Abandon();
    EXPECT_EQ(answer, PostResult::Closed);
}

TEST_F(JobQueueTest, AbandoningLeavesTheRunningJobToFinish) {
    const auto queue = MakeQueue();
    queue->Post([&] {
        EXPECT_EQ(queue->Abandon(), 1U);
        marks.push_back(1);
    });
    queue->Post(Mark(2));
    executor.RunAll();
    EXPECT_EQ(marks, Marks{1});
    EXPECT_EQ(queue->Stats().run, 1U);
}

// --- ReadyQueues -------------------------------------------------------------------------------------------------------

TEST_F(JobQueueTest, MoreReadyQueuesThanThereIsRoomForWaitTheirTurn) {
    ReadyQueues ready(2);
    std::vector<std::shared_ptr<JobQueue>> queues;
    for (int i = 0; i < 7; ++i) {
        queues.push_back(MakeQueue());
        ready.Push(queues.back());
    }
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(ready.TryPop(), queues[static_cast<std::size_t>(i)]);
    }
    ready.Push(queues[0]);
    for (const int i : {3, 4, 5, 6, 0}) {
        EXPECT_FALSE(ready.IsEmpty());
        EXPECT_EQ(ready.TryPop(), queues[static_cast<std::size_t>(i)]);
    }
    EXPECT_TRUE(ready.IsEmpty());
    EXPECT_EQ(ready.TryPop(), nullptr);
}

}  // namespace

}  // namespace servercore::test
