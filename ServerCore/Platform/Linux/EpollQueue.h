#pragma once

#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Base/ThreadAnnotations.h"
#include "ServerCore/Platform/Linux/EpollSlot.h"

namespace servercore::platform {

// What the waiting threads have to look at although epoll will report nothing: operations that finished or were cancelled when they were
// submitted, and slots that are known to be ready.
// Owner: EpollBackend.  Threads: safe from any. Its lock is taken after a slot's mutex, never before one.
class EpollQueue {
public:
    void PushCompleted(IoOperation& operation) SC_EXCLUDES(mutex_);
    // False: the slot is queued already.
    bool PushReady(EpollSlot& slot) SC_EXCLUDES(mutex_);

    // nullptr when there is none.
    [[nodiscard]] IoOperation* PopCompleted() SC_EXCLUDES(mutex_);
    [[nodiscard]] EpollSlot* PopReady() SC_EXCLUDES(mutex_);

    [[nodiscard]] bool IsEmpty() SC_EXCLUDES(mutex_);
    [[nodiscard]] bool HasCompleted() SC_EXCLUDES(mutex_);

private:
    Mutex mutex_;
    EpollOpList completed_ SC_GUARDED_BY(mutex_);
    EpollSlot* firstReady_ SC_GUARDED_BY(mutex_) = nullptr;
    EpollSlot* lastReady_ SC_GUARDED_BY(mutex_) = nullptr;
};

}  // namespace servercore::platform
