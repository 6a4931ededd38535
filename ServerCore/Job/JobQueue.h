#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>

#include "ServerCore/Base/Clock.h"
#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Base/WorkerActivity.h"

namespace servercore {

class JobQueue;

// Something to do. Captures a SessionId or a weak reference to what it works on, never a raw `this` that may be gone by then.
using Job = std::function<void()>;

// Runs job queues that have work.
class JobExecutor {
public:
    // The queue is not scheduled elsewhere; call RunSlice on some thread, again for as long as it returns true.
    virtual void Schedule(std::shared_ptr<JobQueue> queue) = 0;

protected:
    ~JobExecutor() = default;
};

struct JobQueueLimits {
    const char* name = "job";  // a literal: whose jobs they are, for a watchdog
    std::size_t maxJobs = 65536;
    // How long a queue may keep its thread while others wait.
    std::chrono::microseconds timeSlice{2000};
};

// Jobs of one owner (a zone, a room), run one at a time and in the order of posting: the owner's state needs no lock.
// Bounded: what to do with a job that does not fit is the poster's decision.
// Owner: whatever it serialises; shared with the executor while scheduled. `executor` and `clock` outlive it.
// Threads: safe from any; RunSlice only for the executor.
class JobQueue final : public std::enable_shared_from_this<JobQueue> {
public:
    enum class PostResult : std::uint8_t { Queued, Full, Closed };

    JobQueue(JobExecutor& executor, const Clock& clock, JobQueueLimits limits);
    JobQueue(const JobQueue&) = delete;
    JobQueue& operator=(const JobQueue&) = delete;

    // Never runs the job itself. An exception that escapes the job is counted and ends that job only.
    PostResult Post(Job job) SC_EXCLUDES(mutex_);

    // Refuses further jobs; those queued still run.
    void Close() SC_EXCLUDES(mutex_);

    // True: the time slice is used up and jobs are waiting. Each job says in `activity` that it runs.
    [[nodiscard]] bool RunSlice(WorkerActivity& activity) SC_EXCLUDES(mutex_);

    [[nodiscard]] std::size_t Pending() const SC_EXCLUDES(mutex_);
    [[nodiscard]] std::uint64_t Failed() const SC_EXCLUDES(mutex_);

private:
    [[nodiscard]] bool TakeNext(Job& job) SC_EXCLUDES(mutex_);

    JobExecutor& executor_;
    const Clock& clock_;
    const JobQueueLimits limits_;

    mutable Mutex mutex_;
    std::deque<Job> jobs_ SC_GUARDED_BY(mutex_);
    std::uint64_t failed_ SC_GUARDED_BY(mutex_) = 0;
    bool scheduled_ SC_GUARDED_BY(mutex_) = false;  // with the executor, or running
    bool closed_ SC_GUARDED_BY(mutex_) = false;
};

}  // namespace servercore
