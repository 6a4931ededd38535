#pragma once

#include <memory>

#include "ServerCore/Base/Clock.h"
#include "ServerCore/Job/Job.h"
#include "ServerCore/Job/JobTask.h"
#include "ServerCore/Job/JobTimers.h"

namespace servercore {

// See JobTimers::Delay. Lives in the coroutine's frame, so that waiting allocates nothing.
class [[nodiscard]] DelayAwaiter final : private JobTimerEntry {
public:
    DelayAwaiter(JobTimers& timers, const std::shared_ptr<JobQueue>& queue, TimePoint until) noexcept
        : timers_(timers), queue_(queue), until_(until) {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    void await_suspend(JobTask::Handle coroutine) noexcept;
    void await_resume() const noexcept {}

private:
    [[nodiscard]] std::shared_ptr<JobTimerEntry> OnDue(TimerWheel& wheel, TimePoint now) noexcept override;
    void Fire(TimePoint now) noexcept override;
    void Drop() noexcept override;

    JobTimers& timers_;
    const std::weak_ptr<JobQueue> queue_;
    const TimePoint until_;
    Job rest_;  // of the coroutine that this is a part of
};

}  // namespace servercore
