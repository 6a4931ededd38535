#include "ServerCore/Job/JobQueue.h"

#include <utility>

namespace servercore {

JobQueue::JobQueue(JobExecutor& executor, const Clock& clock, JobQueueLimits limits)
    : executor_(executor), clock_(clock), limits_(limits) {}

JobQueue::PostResult JobQueue::Post(Job job) {
    {
        MutexLock lock(mutex_);
        if (closed_) {
            return PostResult::Closed;
        }
        if (jobs_.size() >= limits_.maxJobs) {
            return PostResult::Full;
        }
        jobs_.push_back(std::move(job));
        if (std::exchange(scheduled_, true)) {
            return PostResult::Queued;
        }
    }
    executor_.Schedule(shared_from_this());
    return PostResult::Queued;
}

void JobQueue::Close() {
    MutexLock lock(mutex_);
    closed_ = true;
}

bool JobQueue::RunSlice(WorkerActivity& activity) {
    const TimePoint sliceEnd = clock_.Now() + limits_.timeSlice;
    Job job;
    while (TakeNext(job)) {
        try {
            const ActivityScope scope(activity, {.kind = limits_.name});
            job();
        } catch (...) {
            MutexLock lock(mutex_);
            ++failed_;
        }
        job = nullptr;  // what it captured goes before the next one runs
        if (clock_.Now() >= sliceEnd) {
            return true;
        }
    }
    return false;
}

// False: nothing is left and the queue is not scheduled any more; the next Post schedules it.
bool JobQueue::TakeNext(Job& job) {
    MutexLock lock(mutex_);
    if (jobs_.empty()) {
        scheduled_ = false;
        return false;
    }
    job = std::move(jobs_.front());
    jobs_.pop_front();
    return true;
}

std::size_t JobQueue::Pending() const {
    MutexLock lock(mutex_);
    return jobs_.size();
}

std::uint64_t JobQueue::Failed() const {
    MutexLock lock(mutex_);
    return failed_;
}

}  // namespace servercore
