#include "ServerCore/App/ReceiveBrake.h"

#include <utility>

namespace servercore::app {

void ReceiveBrake::Apply(Session& session) {
    if (!isHigh_.load()) {
        return;
    }
    MutexLock lock(mutex_);
    if (isHigh_.load()) {
        held_.push_back(session.weak_from_this());
        session.PauseReceiving();
    }
}

void ReceiveBrake::OnBacklog(bool isHigh) noexcept {
    std::vector<std::weak_ptr<IocpObject>> held;
    {
        MutexLock lock(mutex_);
        isHigh_.store(isHigh);
        if (!isHigh) {
            held = std::exchange(held_, {});
        }
    }
    for (const std::weak_ptr<IocpObject>& weak : held) {
        if (const std::shared_ptr<IocpObject> session = weak.lock()) {
            static_cast<Session&>(*session).ResumeReceiving();
        }
    }
}

}  // namespace servercore::app
