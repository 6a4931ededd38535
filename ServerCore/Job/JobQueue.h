#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "ServerCore/Base/Clock.h"
#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Base/WorkerActivity.h"
#include "ServerCore/Job/Job.h"
#include "ServerCore/Job/JobExecutor.h"
#include "ServerCore/Job/JobRing.h"

namespace servercore {

class SwitchAwaiter;
class TrySwitchAwaiter;

struct JobQueueLimits {
    const char* name = "job";  // a literal: whose jobs they are, for a watchdog
    std::size_t maxJobs = 65536;
    // Jobs are refused while the oldest one has waited for longer: who posts now would wait as long. 0: no limit.
    std::chrono::milliseconds maxAge{10000};
    // How long a queue may keep its thread while others wait.
    std::chrono::microseconds timeSlice{2000};
    // The observer is told when so many jobs wait, and again when no more than so many do. 0: it is told nothing.
    std::size_t highWater = 0;
    std::size_t lowWater = 0;
};

// posted = run + pending + abandoned, at any time.
struct JobQueueStats {
    std::uint64_t posted = 0;
    std::uint64_t run = 0;     // begun; one may be running
    std::uint64_t failed = 0;  // of those: an exception escaped
    std::uint64_t abandoned = 0;
    std::uint64_t refusedFull = 0;
    std::uint64_t refusedStale = 0;
    std::uint64_t refusedClosed = 0;
    Duration longestWait{};  // of those that have begun
    std::size_t pending = 0;
    Duration oldestAge{};  // how long the oldest of those has waited
};

// Hears that a queue has more to do than it should, so that those who feed it can hold back (Session::PauseReceiving).
// Threads: the calls come one at a time and alternate, beginning with `isHigh`; from whichever thread posts, runs or abandons jobs. No lock
// is held.
class JobBacklogObserver {
public:
    virtual void OnBacklog(bool isHigh) noexcept = 0;

protected:
    ~JobBacklogObserver() = default;
};

// Jobs of one owner (a zone, a room), run one at a time and in the order of posting: the owner's state needs no lock.
// Bounded in number and in age: what to do with a job that is refused is the poster's decision.
// Owner: whatever it serialises; shared with the executor while scheduled. `clock` outlives it, `executor` outlives the last Post.
// Threads: safe from any; RunSlice only for the executor.
class JobQueue final : public std::enable_shared_from_this<JobQueue> {
public:
    enum class PostResult : std::uint8_t {
        Queued,
        Full,   // maxJobs are waiting
        Stale,  // the oldest has waited for longer than maxAge
        Closed
    };

    JobQueue(JobExecutor& executor, const Clock& clock, JobQueueLimits limits);
    // What is queued is dropped.
    ~JobQueue();
    JobQueue(const JobQueue&) = delete;
    JobQueue& operator=(const JobQueue&) = delete;

    // Never runs the job itself. An exception that escapes the job is counted and ends that job only. A job that is refused stays the
    // caller's, untouched. Allocates only to hold more jobs than ever before; may then throw std::bad_alloc, and nothing is posted.
    // `name`: a literal, for the watchdog; without it the queue's.
    PostResult Post(const char* name, Job&& job) SC_EXCLUDES(mutex_);
    PostResult Post(Job&& job) { return Post(limits_.name, std::move(job)); }

    // For coroutines (JobTask.h): co_await queue->Switch() goes on as a job of this queue, behind those posted before. When the queue
    // refuses it, Switch throws SwitchRefused in the coroutine; TrySwitch results in what Post does, and, if that is not Queued, goes on
    // where it was.
    [[nodiscard]] SwitchAwaiter Switch();
    [[nodiscard]] TrySwitchAwaiter TrySwitch();

    // Once, before the first Post.
    void SetObserver(std::weak_ptr<JobBacklogObserver> observer) SC_EXCLUDES(mutex_);

    // Refuses further jobs; those queued still run.
    void Close() SC_EXCLUDES(mutex_);

    // Refuses further jobs and drops those queued, which count as abandoned; one that is running is left to finish. Coroutines that were to
    // go on here are destroyed. Returns how many were dropped.
    std::size_t Abandon() SC_EXCLUDES(mutex_);

    // True: the time slice is used up and jobs are waiting. Each job says in `activity` that it runs.
    [[nodiscard]] bool RunSlice(WorkerActivity& activity) SC_EXCLUDES(mutex_);

    [[nodiscard]] JobQueueStats Stats() const SC_EXCLUDES(mutex_);

private:
    friend class ReadyQueues;

    [[nodiscard]] bool TakeNext(QueuedJob& next, TimePoint now) SC_EXCLUDES(mutex_);
    [[nodiscard]] bool NoteBacklog() SC_REQUIRES(mutex_);
    void TellBacklog() SC_EXCLUDES(mutex_);

    JobExecutor& executor_;
    const Clock& clock_;
    const JobQueueLimits limits_;

    // Of the ReadyQueues that it is in.
    std::shared_ptr<JobQueue> readyShare_;
    JobQueue* readyNext_ = nullptr;

    mutable Mutex mutex_;
    JobRing jobs_ SC_GUARDED_BY(mutex_);
    JobQueueStats stats_ SC_GUARDED_BY(mutex_);  // but for what Stats adds
    std::weak_ptr<JobBacklogObserver> observer_ SC_GUARDED_BY(mutex_);
    bool scheduled_ SC_GUARDED_BY(mutex_) = false;  // with the executor, or running
    bool closed_ SC_GUARDED_BY(mutex_) = false;
    bool isHigh_ SC_GUARDED_BY(mutex_) = false;
    bool toldHigh_ SC_GUARDED_BY(mutex_) = false;
    bool telling_ SC_GUARDED_BY(mutex_) = false;
};

}  // namespace servercore
