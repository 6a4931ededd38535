#include <chrono>
#include <condition_variable>
#include <memory>
#include <utility>

#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Base/TimedSignal.h"

namespace servercore {

namespace {

// The kernel's timers are fine-grained, so a condition variable is all that it takes.
class ConditionSignal final : public TimedSignal {
public:
    void Set() noexcept override {
        {
            MutexLock lock(mutex_);
            isSet_ = true;
        }
        set_.notify_one();
    }

    void WaitFor(Duration atMost) noexcept override {
        MutexLock lock(mutex_);
        const auto isSet = [this]() SC_REQUIRES(mutex_) { return isSet_; };
        if (atMost == kForever) {
            set_.wait(lock, isSet);
        } else {
            set_.wait_for(lock, atMost, isSet);
        }
        isSet_ = false;
    }

private:
    Mutex mutex_;
    std::condition_variable_any set_;
    bool isSet_ SC_GUARDED_BY(mutex_) = false;
};

}  // namespace

Result<std::unique_ptr<TimedSignal>> TimedSignal::Create() {
    return std::unique_ptr<TimedSignal>(std::make_unique<ConditionSignal>());
}

}  // namespace servercore
