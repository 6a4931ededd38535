#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <thread>

#include "ServerCore/Base/Clock.h"
#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Base/TimedSignal.h"
#include "ServerCore/Base/TimerWheel.h"
#include "ServerCore/Job/JobQueue.h"

namespace servercore {

class DelayAwaiter;

// Something that waits in JobTimers for its time.
class JobTimerEntry : public TimerNode {
public:
    // Its time has come, and it is no longer armed. Under the lock of the timers; may arm itself again in `wheel`. The result is a share
    // that keeps it alive until Fire has returned, or shares in nothing if it lives until then anyway.
    [[nodiscard]] virtual std::shared_ptr<JobTimerEntry> OnDue(TimerWheel& wheel, TimePoint now) noexcept = 0;

    // After OnDue, on the same thread, without a lock. It may be gone afterwards.
    virtual void Fire(TimePoint now) noexcept = 0;

    // The timers end, and Fire will not come. It may be gone afterwards.
    virtual void Drop() noexcept {}

protected:
    ~JobTimerEntry() = default;

    // What a queue refuses is tried again so much later.
    static constexpr std::chrono::milliseconds kRetryAfter{10};

    // A queue that is gone is closed, and one without memory full.
    [[nodiscard]] static JobQueue::PostResult PostTo(const std::weak_ptr<JobQueue>& queue, const char* name, Job&& job) noexcept;
};

// The timers of any number of job queues: arming and cancelling cost the same whatever is armed, and allocate nothing. What is due is
// posted as a job to its queue. Resolution 1 ms, never early; on Windows, too, because the thread sleeps in a TimedSignal.
//
// Driven by its own thread (Start), or by a simulation or a test that calls RunDue.
// Owner: main() or a test; outlives every JobTimer. `clock` outlives it.  Threads: safe from any, but for Start and Stop, which are the
// owner's, and RunDue, which is for one thread at a time, and not for anybody between Start and Stop.
class JobTimers {
public:
    explicit JobTimers(const Clock& clock) noexcept;
    // Stops. The coroutines that still wait are destroyed, here: no job runs any more that they share something with.
    ~JobTimers();
    JobTimers(const JobTimers&) = delete;
    JobTimers& operator=(const JobTimers&) = delete;

    // Once. Fails when the system is out of handles.
    [[nodiscard]] std::error_code Start(std::string threadName);
    // Afterwards nothing is posted any more. Any number of times.
    void Stop();

    // For coroutines: co_await timers.Delay(queue, 5s) goes on as a job of the queue. When the queue is full, it goes on later; when it is
    // closed or gone, the coroutine is destroyed at that time.
    [[nodiscard]] DelayAwaiter Delay(const std::shared_ptr<JobQueue>& queue, Duration delay);

    // Fires what is due. Returns how much that was.
    std::size_t RunDue() SC_EXCLUDES(mutex_);
    // When to call RunDue next. nullopt: nothing is armed.
    [[nodiscard]] std::optional<TimePoint> NextExpiry() const SC_EXCLUDES(mutex_);

    [[nodiscard]] const Clock& GetClock() const noexcept { return clock_; }

    // For entries. One that is armed already gets the new time.
    void Arm(JobTimerEntry& entry, TimePoint when) noexcept SC_EXCLUDES(mutex_);
    // Unless it is armed, or `isWanted` says no, under the lock.
    template <class IsWanted>
    void ArmAgain(JobTimerEntry& entry, TimePoint when, IsWanted isWanted) noexcept SC_EXCLUDES(mutex_) {
        {
            MutexLock lock(mutex_);
            if (entry.IsArmed() || !isWanted()) {
                return;
            }
            wheel_.Arm(entry, when);
        }
        WakeFor(when);
    }
    // Afterwards OnDue does not begin. False: it was not armed.
    bool Cancel(JobTimerEntry& entry) noexcept SC_EXCLUDES(mutex_);

private:
    void Run() SC_EXCLUDES(mutex_);
    void WakeFor(TimePoint when) noexcept SC_EXCLUDES(mutex_);
    [[nodiscard]] TimePoint BeginSleep() SC_EXCLUDES(mutex_);

    const Clock& clock_;
    std::unique_ptr<TimedSignal> signal_;
    std::thread thread_;
    std::atomic<bool> stopping_ = false;

    mutable Mutex mutex_;
    TimerWheel wheel_ SC_GUARDED_BY(mutex_);
    TimePoint sleepsUntil_ SC_GUARDED_BY(mutex_) = TimePoint::min();  // min: it is awake, or there is no thread
};

}  // namespace servercore
