#pragma once

#include "ServerCore/Base/Clock.h"
#include "ServerCore/Base/TimerWheel.h"

namespace servercore {

class IocpObject;

// A time at which an object is called: a value member of its owner, armed and cancelled through IocpCore, nothing allocated.
// Its owner is shared and cancels it before the last reference goes.  Threads: only IocpCore touches it, under its lock.
class IocpTimer final : public TimerNode {
public:
    explicit IocpTimer(IocpObject& owner) noexcept : owner_(owner) {}

private:
    friend class IocpCore;

    IocpObject& owner_;
    TimePoint time_{};  // while armed
};

}  // namespace servercore
