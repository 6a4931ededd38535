#pragma once

#include <cstdint>
#include <memory>

#include "ServerCore/Base/Clock.h"
#include "ServerCore/Job/Job.h"
#include "ServerCore/Job/JobQueue.h"
#include "ServerCore/Job/JobTimers.h"

namespace servercore {

struct JobTimerStats {
    std::uint64_t fired = 0;   // has run, or begun to
    std::uint64_t missed = 0;  // see JobTimer
};

// What a timer has fired for.
struct JobTimerFiring {
    TimePoint due{};
    TimePoint posted{};  // when its job was put into the queue
};

// One timer of a job queue: has a function run as a job of the queue, once or again and again. A timer is armed for one thing at a time;
// arming it again replaces that. Neither arming nor firing allocates.
//
// A periodic timer keeps an absolute schedule, so it does not drift. It misses a time, and counts that, when the job of the time before
// still waits in the queue, when the queue refuses the job, and when nobody fired it for so long (a suspended machine). A single time that
// the queue refuses counts as missed, too, and is tried again every 10 ms; not when the queue is closed.
// Owner: what its function works on; `timers` outlives it.  Threads: one at a time, best the queue's: once Cancel, arming or the destructor
// has returned there, the function does not run any more. Called elsewhere, it may still be running, so it should hold a weak reference.
class JobTimer {
public:
    // `name`: a literal, for the watchdog. `function` captures no strong reference to the owner, or that would never die.
    JobTimer(JobTimers& timers, const std::shared_ptr<JobQueue>& queue, const char* name, Job function);
    ~JobTimer();
    JobTimer(const JobTimer&) = delete;
    JobTimer& operator=(const JobTimer&) = delete;

    void After(Duration delay) noexcept;
    void At(TimePoint time) noexcept;
    // The first time is a period from now. Precondition: the period is at least 1 ms.
    void Every(Duration period) noexcept;
    // The first time is `first`: timers that are not to be due all at once.
    void Every(Duration period, TimePoint first) noexcept;
    void Cancel() noexcept;

    [[nodiscard]] JobTimerStats Stats() const noexcept;

    // Of the run that is going on. Only from its function.
    [[nodiscard]] JobTimerFiring Firing() const noexcept;

private:
    class State;

    const std::shared_ptr<State> state_;
};

}  // namespace servercore
