#include "ServerCore/Job/JobQueue.h"

#include <algorithm>
#include <utility>

namespace servercore {

JobQueue::JobQueue(JobExecutor& executor, const Clock& clock, JobQueueLimits limits)
    : executor_(executor), clock_(clock), limits_(limits) {}

JobQueue::~JobQueue() {
    // While it is whole: what a job captured may try to post here when it goes.
    Abandon();
}

void JobQueue::SetObserver(std::weak_ptr<JobBacklogObserver> observer) {
    MutexLock lock(mutex_);
    observer_ = std::move(observer);
}

// --- Posting -----------------------------------------------------------------------------------------------------------

JobQueue::PostResult JobQueue::Post(const char* name, Job&& job) {
    const TimePoint now = clock_.Now();
    bool schedule = false;
    bool tell = false;
    {
        MutexLock lock(mutex_);
        if (closed_) {
            ++stats_.refusedClosed;
            return PostResult::Closed;
        }
        if (jobs_.Size() >= limits_.maxJobs) {
            ++stats_.refusedFull;
            return PostResult::Full;
        }
        if (limits_.maxAge > Duration::zero() && !jobs_.IsEmpty() && now - jobs_.Front().postedAt > limits_.maxAge) {
            ++stats_.refusedStale;
            return PostResult::Stale;
        }
        jobs_.Push(name, now, std::move(job));
        ++stats_.posted;
        schedule = !std::exchange(scheduled_, true);
        tell = NoteBacklog();
    }
    if (schedule) {
        executor_.Schedule(shared_from_this());
    }
    if (tell) {
        TellBacklog();
    }
    return PostResult::Queued;
}

void JobQueue::Close() {
    MutexLock lock(mutex_);
    closed_ = true;
}

std::size_t JobQueue::Abandon() {
    JobRing dropped;
    bool tell = false;
    {
        MutexLock lock(mutex_);
        closed_ = true;
        dropped = std::exchange(jobs_, JobRing());
        stats_.abandoned += dropped.Size();
        tell = NoteBacklog();
    }
    const std::size_t count = dropped.Size();
    while (!dropped.IsEmpty()) {
        static_cast<void>(dropped.Pop());  // in their order
    }
    if (tell) {
        TellBacklog();
    }
    return count;
}

// --- Running -----------------------------------------------------------------------------------------------------------

bool JobQueue::RunSlice(WorkerActivity& activity) {
    TimePoint now = clock_.Now();
    const TimePoint sliceEnd = now + limits_.timeSlice;
    QueuedJob next;
    while (TakeNext(next, now)) {
        try {
            const ActivityScope scope(activity, {.kind = next.name});
            next.job();
        } catch (...) {
            MutexLock lock(mutex_);
            ++stats_.failed;
        }
        next.job = nullptr;  // what it captured goes before the next one runs
        now = clock_.Now();
        if (now >= sliceEnd) {
            return true;
        }
    }
    return false;
}

// False: nothing is left and the queue is not scheduled any more; the next Post schedules it.
bool JobQueue::TakeNext(QueuedJob& next, TimePoint now) {
    bool tell = false;
    {
        MutexLock lock(mutex_);
        if (jobs_.IsEmpty()) {
            scheduled_ = false;
            return false;
        }
        next = jobs_.Pop();
        ++stats_.run;
        stats_.longestWait = std::max(stats_.longestWait, now - next.postedAt);
        tell = NoteBacklog();
    }
    if (tell) {
        TellBacklog();
    }
    return true;
}

// --- Backlog -----------------------------------------------------------------------------------------------------------

// True: the backlog has become high or low, and the caller is the one to tell.
bool JobQueue::NoteBacklog() {
    const std::size_t waiting = jobs_.Size();
    const bool isHigh = limits_.highWater > 0 && (isHigh_ ? waiting > limits_.lowWater : waiting >= limits_.highWater);
    return std::exchange(isHigh_, isHigh) != isHigh && !std::exchange(telling_, true);
}

// One thread at a time tells, and goes on until the observer knows the latest: with two, the older news could come last and stay.
void JobQueue::TellBacklog() {
    for (;;) {
        bool isHigh = false;
        std::shared_ptr<JobBacklogObserver> observer;
        {
            MutexLock lock(mutex_);
            if (toldHigh_ == isHigh_) {
                telling_ = false;
                return;
            }
            isHigh = toldHigh_ = isHigh_;
            observer = observer_.lock();
        }
        if (observer != nullptr) {
            observer->OnBacklog(isHigh);
        }
    }
}

JobQueueStats JobQueue::Stats() const {
    const TimePoint now = clock_.Now();
    MutexLock lock(mutex_);
    JobQueueStats stats = stats_;
    stats.pending = jobs_.Size();
    if (!jobs_.IsEmpty()) {
        stats.oldestAge = std::max(now - jobs_.Front().postedAt, Duration::zero());
    }
    return stats;
}

}  // namespace servercore
