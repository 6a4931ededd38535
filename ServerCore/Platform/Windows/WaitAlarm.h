#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Base/ThreadAnnotations.h"
#include "ServerCore/Platform/Windows/UniqueHandle.h"

namespace servercore::platform {

// Ends alertable waits on time. A wait's own timeout is only looked at when the system's clock ticks, by default each 15.6 ms
// (https://learn.microsoft.com/windows/win32/sync/wait-functions); a high-resolution timer keeps to about half a millisecond.
//
// One thread sleeps on such a timer until the earliest moment that anybody asked for, and then queues an empty APC to each thread whose
// moment has come; its alertable wait returns with WAIT_IO_COMPLETION. The timer and the thread exist from the first wish on.
//   https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-createwaitabletimerexw    (the flag: Windows 10 1803)
//   https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-queueuserapc
// Without such timers (older systems) no wish is granted, and the caller is left with the timeout of its wait.
//
// Rejected: the timer's own completion routine would spare the thread, but no page promises that a high-resolution timer calls one, and one
// user reports that it does not (https://github.com/Erellu/fubuki/issues/4); timeBeginPeriod quickens the clock for the whole process, for
// as long as anybody may wait; a packet posted to the port wakes whichever thread waits last, not the one whose time has come; associating
// the timer with the port (NtAssociateWaitCompletionPacket) is not in the libraries and not in Wine 8.
//
// Owner: CompletionPort.  Threads: safe from any.
class WaitAlarm {
public:
    using Clock = std::chrono::steady_clock;

    // The calling thread's wish to have its alertable waits ended at `due`, granted while this object lives. The alert may come later than
    // its destruction: the thread's next alertable wait then ends at once.
    class Reminder {
    public:
        // May throw std::system_error when no thread can be started.
        Reminder(WaitAlarm& alarm, Clock::time_point due);
        ~Reminder();
        Reminder(const Reminder&) = delete;
        Reminder& operator=(const Reminder&) = delete;

        [[nodiscard]] bool IsGranted() const noexcept { return isGranted_; }

    private:
        friend WaitAlarm;

        WaitAlarm& alarm_;
        const Clock::time_point due_;
        const UniqueHandle thread_;
        bool isGranted_ = false;
        bool isAlerted_ = false;  // guarded by the alarm's mutex
    };

    WaitAlarm() = default;
    // Precondition: no Reminder lives.
    ~WaitAlarm();
    WaitAlarm(const WaitAlarm&) = delete;
    WaitAlarm& operator=(const WaitAlarm&) = delete;

    // Threads alerted so far.
    [[nodiscard]] std::uint64_t Alerts() const noexcept { return alerts_.load(std::memory_order_relaxed); }

private:
    enum class State { NotStarted, Running, Unavailable };

    // False: not available.
    [[nodiscard]] bool Add(Reminder& reminder) SC_EXCLUDES(mutex_);
    void Remove(Reminder& reminder) SC_EXCLUDES(mutex_);

    [[nodiscard]] bool Start() SC_REQUIRES(mutex_);
    void Run() SC_EXCLUDES(mutex_);
    void AlertDue() SC_REQUIRES(mutex_);
    void SetTimer(Clock::time_point due) SC_REQUIRES(mutex_);

    std::atomic<std::uint64_t> alerts_ = 0;
    UniqueHandle timer_;  // fixed by Start
    UniqueHandle stop_;   // fixed by Start
    std::thread thread_;

    Mutex mutex_;
    State state_ SC_GUARDED_BY(mutex_) = State::NotStarted;
    std::vector<Reminder*> reminders_ SC_GUARDED_BY(mutex_);
    Clock::time_point timerDue_ SC_GUARDED_BY(mutex_) = Clock::time_point::max();  // the timer's, max: not set
};

}  // namespace servercore::platform
