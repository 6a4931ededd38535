#pragma once

#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Platform/Linux/FileDescriptor.h"

namespace servercore::platform {

// A descriptor kept for the time when the process may open no other (EMFILE, ENFILE). accept4 then fails and leaves the connection in the
// backlog, where its client waits for an answer that nobody can give; it even fails when nobody waits at all. Whoever gives up the reserve
// for a moment can accept the connection, and reset it.
//
// This is the backend's business, not the listener's: AcceptEx brings its socket along, so on Windows a shortage shows before there is a
// connection, and no reserve could help.
//
// Owner: EpollBackend.  Threads: safe from any.
class ReserveDescriptor {
public:
    ReserveDescriptor() = default;
    ReserveDescriptor(const ReserveDescriptor&) = delete;
    ReserveDescriptor& operator=(const ReserveDescriptor&) = delete;

    // Opens the reserve unless it is open. May fail; then RefuseOne has nothing to work with.
    void Refill() SC_EXCLUDES(mutex_);

    enum class Refusal {
        Done,         // the oldest waiting connection has been reset
        NobodyWaits,  // so nothing was wrong
        Impossible    // no reserve, or another thread was faster
    };
    // Precondition: the last accept on the listener failed for want of descriptors.
    [[nodiscard]] Refusal RefuseOne(int listener) SC_EXCLUDES(mutex_);

private:
    void RefillLocked() SC_REQUIRES(mutex_);

    Mutex mutex_;
    FileDescriptor descriptor_ SC_GUARDED_BY(mutex_);
};

}  // namespace servercore::platform
