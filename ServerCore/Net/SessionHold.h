#pragma once

#include "ServerCore/Net/Session.h"

namespace servercore {

// Keeps the session from ending while a call works on it. Empty when the session has already ended.
class Session::Hold {
public:
    explicit Hold(Session& session) noexcept : session_(session.holds_.TryTake() ? &session : nullptr) {}
    ~Hold() {
        if (session_ != nullptr) {
            session_->ReleaseHold();
        }
    }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

    explicit operator bool() const noexcept { return session_ != nullptr; }

private:
    Session* session_;
};

// A game callback: one at a time, and one that throws ends this session only. `name` tells the watchdog.
template <class Callback>
void Session::Guarded(const char* name, Callback callback) {
    try {
        MutexLock lock(callbackMutex_);
        const ActivityScope activity(IocpCore::ThisThreadsActivity(), {.kind = name, .subject = Id().Value()});
        callback();
    } catch (...) {
        OnCallbackThrew();
    }
}

}  // namespace servercore
