#include "ServerCore/Job/JobTimers.h"

#include <array>
#include <new>
#include <span>
#include <utility>

#include "ServerCore/Base/Assert.h"
#include "ServerCore/Base/ThreadName.h"

namespace servercore {

namespace {

constexpr std::size_t kTimersPerLock = 32;

}  // namespace

JobQueue::PostResult JobTimerEntry::PostTo(const std::weak_ptr<JobQueue>& weak, const char* name, Job&& job) noexcept {
    const std::shared_ptr<JobQueue> queue = weak.lock();
    if (queue == nullptr) {
        return JobQueue::PostResult::Closed;
    }
    try {
        return queue->Post(name, std::move(job));
    } catch (const std::bad_alloc&) {
        return JobQueue::PostResult::Full;
    }
}

JobTimers::JobTimers(const Clock& clock) noexcept : clock_(clock), wheel_(clock.Now()) {}

JobTimers::~JobTimers() {
    Stop();
    for (;;) {
        JobTimerEntry* left = nullptr;
        {
            MutexLock lock(mutex_);
            const auto take = [&left](TimerNode& node) { left = &static_cast<JobTimerEntry&>(node); };
            while (left == nullptr && wheel_.Armed() > 0) {
                wheel_.Advance(TimePoint::max(), take, 1);
            }
        }
        if (left == nullptr) {
            return;
        }
        left->Drop();  // may cancel others
    }
}

std::error_code JobTimers::Start(std::string threadName) {
    SC_VERIFY(signal_ == nullptr);
    Result<std::unique_ptr<TimedSignal>> signal = TimedSignal::Create();
    if (!signal) {
        return signal.error();
    }
    signal_ = std::move(*signal);
    thread_ = std::thread([this, name = std::move(threadName)] {
        SetThreadName(name);
        Run();
    });
    return {};
}

void JobTimers::Stop() {
    if (thread_.joinable()) {
        stopping_.store(true);
        signal_->Set();
        thread_.join();
    }
}

void JobTimers::Run() {
    while (!stopping_.load()) {
        RunDue();
        const TimePoint until = BeginSleep();
        signal_->WaitFor(until == TimePoint::max() ? TimedSignal::kForever : until - clock_.Now());
    }
}

TimePoint JobTimers::BeginSleep() {
    MutexLock lock(mutex_);
    sleepsUntil_ = wheel_.NextExpiry().value_or(TimePoint::max());
    return sleepsUntil_;
}

void JobTimers::WakeFor(TimePoint when) noexcept {
    {
        MutexLock lock(mutex_);
        if (when >= sleepsUntil_) {
            return;
        }
        sleepsUntil_ = when;  // others need not wake it for later
    }
    signal_->Set();
}

void JobTimers::Arm(JobTimerEntry& entry, TimePoint when) noexcept {
    {
        MutexLock lock(mutex_);
        wheel_.Arm(entry, when);
    }
    WakeFor(when);  // the entry may have fired, and be gone
}

bool JobTimers::Cancel(JobTimerEntry& entry) noexcept {
    MutexLock lock(mutex_);
    return wheel_.Cancel(entry);
}

std::optional<TimePoint> JobTimers::NextExpiry() const {
    MutexLock lock(mutex_);
    return wheel_.NextExpiry();
}

std::size_t JobTimers::RunDue() {
    const TimePoint now = clock_.Now();
    std::size_t fired = 0;
    for (bool more = true; more;) {
        std::array<std::shared_ptr<JobTimerEntry>, kTimersPerLock> due;
        std::size_t count = 0;
        {
            MutexLock lock(mutex_);
            sleepsUntil_ = TimePoint::min();
            std::array<JobTimerEntry*, kTimersPerLock> entries{};
            const auto take = [&](TimerNode& node) { entries[count++] = &static_cast<JobTimerEntry&>(node); };
            wheel_.Advance(now, take, entries.size());
            for (std::size_t i = 0; i < count; ++i) {
                due[i] = entries[i]->OnDue(wheel_, now);
            }
            more = wheel_.NextExpiry().value_or(TimePoint::max()) <= now;
        }
        for (const std::shared_ptr<JobTimerEntry>& entry : std::span(due).first(count)) {
            entry->Fire(now);
        }
        fired += count;
    }
    return fired;
}

}  // namespace servercore
