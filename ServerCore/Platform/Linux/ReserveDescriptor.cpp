#include "ServerCore/Platform/Linux/ReserveDescriptor.h"

#include <sys/eventfd.h>
#include <sys/socket.h>

#include <utility>

#include "ServerCore/Platform/Linux/LinuxError.h"

namespace servercore::platform {

void ReserveDescriptor::Refill() {
    MutexLock lock(mutex_);
    RefillLocked();
}

void ReserveDescriptor::RefillLocked() {
    if (!descriptor_.IsOpen()) {
        descriptor_ = FileDescriptor(::eventfd(0, EFD_CLOEXEC));
    }
}

ReserveDescriptor::Refusal ReserveDescriptor::RefuseOne(int listener) {
    MutexLock lock(mutex_);
    if (!descriptor_.IsOpen()) {
        return Refusal::Impossible;
    }
    { const FileDescriptor givenUp(std::move(descriptor_)); }
    Refusal refusal = Refusal::Impossible;
    {
        const FileDescriptor refused(::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (refused.IsOpen()) {
            // A reset, not an orderly end: the client shall know that it was not served, and no TIME_WAIT stays behind.
            const linger option{.l_onoff = 1, .l_linger = 0};
            ::setsockopt(refused.Get(), SOL_SOCKET, SO_LINGER, &option, sizeof option);
            refusal = Refusal::Done;
        } else if (WouldBlock(errno)) {
            refusal = Refusal::NobodyWaits;
        }
    }
    RefillLocked();
    return refusal;
}

}  // namespace servercore::platform
