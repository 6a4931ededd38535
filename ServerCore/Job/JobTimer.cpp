#include "ServerCore/Job/JobTimer.h"

#include <atomic>
#include <chrono>
#include <utility>

#include "ServerCore/Base/Assert.h"

namespace servercore {

// Shared with the jobs that it posts. Each arming and each cancelling is a generation of its own: what was begun for another one comes to
// nothing.
class JobTimer::State final : public JobTimerEntry, public std::enable_shared_from_this<State> {
public:
    State(JobTimers& timers, const std::shared_ptr<JobQueue>& queue, const char* name, Job function) noexcept
        : timers_(timers), queue_(queue), name_(name), function_(std::move(function)) {}

    void Arm(TimePoint first, Duration period) noexcept {
        Cancel();
        due_ = first;
        period_ = period;
        armedGeneration_ = generation_.load();
        timers_.Arm(*this, first);
    }

    // The generation first: otherwise ArmAgain might still think itself wanted after the timer is disarmed.
    void Cancel() noexcept {
        generation_.fetch_add(1);
        timers_.Cancel(*this);
    }

    [[nodiscard]] JobTimerStats Stats() const noexcept { return {.fired = fired_.load(), .missed = missed_.load()}; }

    [[nodiscard]] JobTimerFiring Running() const noexcept { return running_; }

    [[nodiscard]] const Clock& GetClock() const noexcept { return timers_.GetClock(); }

private:
    [[nodiscard]] std::shared_ptr<JobTimerEntry> OnDue(TimerWheel& wheel, TimePoint now) noexcept override {
        firing_ = {.generation = armedGeneration_, .due = due_, .isSingle = period_ == Duration::zero()};
        if (!firing_.isSingle) {
            due_ += period_;
            if (due_ <= now) {
                const auto late = (now - due_) / period_ + 1;
                due_ += late * period_;
                missed_.fetch_add(static_cast<std::uint64_t>(late));
            }
            wheel.Arm(*this, due_);
        }
        return shared_from_this();
    }

    void Fire(TimePoint now) noexcept override {
        const Firing firing = firing_;
        if (generation_.load() != firing.generation) {
            return;
        }
        if (waiting_.exchange(firing.generation) == firing.generation) {
            missed_.fetch_add(1);
            return;
        }
        const auto run = [self = shared_from_this(), generation = firing.generation,
                          times = JobTimerFiring{.due = firing.due, .posted = now}] { self->Run(generation, times); };
        const JobQueue::PostResult result = PostTo(queue_, name_, run);
        if (result == JobQueue::PostResult::Queued) {
            return;
        }
        waiting_.store(0);
        missed_.fetch_add(1);
        if (firing.isSingle && result != JobQueue::PostResult::Closed) {
            timers_.ArmAgain(*this, now + kRetryAfter, [&] { return generation_.load() == firing.generation; });
        }
    }

    void Run(std::uint64_t generation, const JobTimerFiring& times) {
        std::uint64_t waiting = generation;
        waiting_.compare_exchange_strong(waiting, 0);
        if (generation_.load() == generation) {
            fired_.fetch_add(1);
            running_ = times;
            function_();
        }
    }

    struct Firing {
        std::uint64_t generation = 0;
        TimePoint due{};
        bool isSingle = false;
    };

    JobTimers& timers_;
    const std::weak_ptr<JobQueue> queue_;
    const char* const name_;
    // Confined to the queue.
    Job function_;
    JobTimerFiring running_;

    std::atomic<std::uint64_t> generation_ = 1;
    std::atomic<std::uint64_t> waiting_ = 0;  // the generation whose job is in the queue; 0: none
    std::atomic<std::uint64_t> fired_ = 0;
    std::atomic<std::uint64_t> missed_ = 0;

    // The timers' lock guards these while it is armed.
    std::uint64_t armedGeneration_ = 0;
    TimePoint due_{};
    Duration period_{};  // 0: once

    Firing firing_;  // from OnDue to Fire
};

JobTimer::JobTimer(JobTimers& timers, const std::shared_ptr<JobQueue>& queue, const char* name, Job function)
    : state_(std::make_shared<State>(timers, queue, name, std::move(function))) {}

JobTimer::~JobTimer() {
    state_->Cancel();
}

void JobTimer::After(Duration delay) noexcept {
    At(state_->GetClock().Now() + delay);
}

void JobTimer::At(TimePoint time) noexcept {
    state_->Arm(time, Duration::zero());
}

void JobTimer::Every(Duration period) noexcept {
    Every(period, state_->GetClock().Now() + period);
}

void JobTimer::Every(Duration period, TimePoint first) noexcept {
    SC_VERIFY(period >= std::chrono::milliseconds(1));
    state_->Arm(first, period);
}

void JobTimer::Cancel() noexcept {
    state_->Cancel();
}

JobTimerStats JobTimer::Stats() const noexcept {
    return state_->Stats();
}

JobTimerFiring JobTimer::Firing() const noexcept {
    return state_->Running();
}

}  // namespace servercore
