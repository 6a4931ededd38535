#include "ServerCore/Platform/Linux/EpollQueue.h"

namespace servercore::platform {

void EpollQueue::PushCompleted(IoOperation& operation) {
    MutexLock lock(mutex_);
    completed_.Push(operation);
}

bool EpollQueue::PushReady(EpollSlot& slot) {
    MutexLock lock(mutex_);
    if (slot.isQueued) {
        return false;
    }
    slot.isQueued = true;
    slot.nextReady = nullptr;
    if (lastReady_ == nullptr) {
        firstReady_ = &slot;
    } else {
        lastReady_->nextReady = &slot;
    }
    lastReady_ = &slot;
    return true;
}

IoOperation* EpollQueue::PopCompleted() {
    MutexLock lock(mutex_);
    return completed_.Pop();
}

EpollSlot* EpollQueue::PopReady() {
    MutexLock lock(mutex_);
    EpollSlot* slot = firstReady_;
    if (slot != nullptr) {
        firstReady_ = slot->nextReady;
        if (firstReady_ == nullptr) {
            lastReady_ = nullptr;
        }
        slot->isQueued = false;
    }
    return slot;
}

bool EpollQueue::IsEmpty() {
    MutexLock lock(mutex_);
    return completed_.IsEmpty() && firstReady_ == nullptr;
}

bool EpollQueue::HasCompleted() {
    MutexLock lock(mutex_);
    return !completed_.IsEmpty();
}

}  // namespace servercore::platform
