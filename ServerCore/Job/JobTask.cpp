#include "ServerCore/Job/JobTask.h"

namespace servercore {

namespace {

// Until it is said to be suspended for good, a coroutine is running again at the end of a scope.
class Suspension {
public:
    explicit Suspension(JobTask::Handle coroutine) noexcept : coroutine_(coroutine) { coroutine_.promise().SetSuspended(true); }
    ~Suspension() {
        if (coroutine_) {
            coroutine_.promise().SetSuspended(false);
        }
    }
    Suspension(const Suspension&) = delete;
    Suspension& operator=(const Suspension&) = delete;

    void Keep() noexcept { coroutine_ = nullptr; }

private:
    JobTask::Handle coroutine_;
};

}  // namespace

JobTask::~JobTask() {
    if (coroutine_ && coroutine_.promise().isSuspended_) {
        coroutine_.destroy();
    }
}

void JobTask::operator()() {
    const Handle coroutine = std::exchange(coroutine_, nullptr);
    std::exception_ptr escaped;
    coroutine.promise().isSuspended_ = false;
    coroutine.promise().escaped_ = &escaped;
    coroutine.resume();  // it may be gone now, or run elsewhere
    if (escaped != nullptr) {
        std::rethrow_exception(escaped);
    }
}

SwitchAwaiter JobQueue::Switch() {
    return SwitchAwaiter(*this);
}

TrySwitchAwaiter JobQueue::TrySwitch() {
    return TrySwitchAwaiter(*this);
}

// Not inline: once the job is posted the coroutine may run, and be gone, so nothing here may be kept in its frame.
bool SwitchBase::await_suspend(JobTask::Handle coroutine) {
    const std::shared_ptr<JobQueue> queue = queue_.shared_from_this();  // the coroutine may have held the last share
    Job rest{JobTask(coroutine)};
    Suspension suspension(coroutine);
    const JobQueue::PostResult result = queue->Post(std::move(rest));
    if (result != JobQueue::PostResult::Queued) {
        result_ = result;
        return false;
    }
    suspension.Keep();
    return true;
}

}  // namespace servercore
