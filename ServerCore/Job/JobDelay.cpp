#include "ServerCore/Job/JobDelay.h"

#include <utility>

namespace servercore {

DelayAwaiter JobTimers::Delay(const std::shared_ptr<JobQueue>& queue, Duration delay) {
    return DelayAwaiter(*this, queue, clock_.Now() + delay);
}

// Not inline: see SwitchAwaiter.
void DelayAwaiter::await_suspend(JobTask::Handle coroutine) noexcept {
    coroutine.promise().SetSuspended(true);
    rest_ = JobTask(coroutine);
    timers_.Arm(*this, until_);
}

std::shared_ptr<JobTimerEntry> DelayAwaiter::OnDue(TimerWheel& /*wheel*/, TimePoint /*now*/) noexcept {
    // Nobody but Fire resumes or destroys the coroutine now.
    return {std::shared_ptr<void>(), this};
}

// Posted or dropped, the coroutine may be gone, and this with it. The job is moved out first, because it cannot destroy what it is in.
void DelayAwaiter::Fire(TimePoint now) noexcept {
    Job rest = std::move(rest_);
    const JobQueue::PostResult result = PostTo(std::weak_ptr<JobQueue>(queue_), "delay", std::move(rest));
    if (result == JobQueue::PostResult::Full || result == JobQueue::PostResult::Stale) {
        rest_ = std::move(rest);
        timers_.Arm(*this, now + kRetryAfter);
    }
}

void DelayAwaiter::Drop() noexcept {
    const Job rest = std::move(rest_);
}

}  // namespace servercore
