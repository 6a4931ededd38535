#include "ServerCore/Net/SessionRegistry.h"

#include <utility>

#include "ServerCore/Net/Session.h"

namespace servercore {

SessionId SessionRegistry::Add(std::shared_ptr<Session> session) {
    MutexLock lock(mutex_);
    if (firstFree_ == kNone) {
        slots_.emplace_back();
        firstFree_ = static_cast<std::uint32_t>(slots_.size() - 1);
    }
    const std::uint32_t index = firstFree_;
    Slot& slot = slots_[index];
    firstFree_ = slot.nextFree;
    ++count_;
    ++slot.generation;  // so generation 0, the default id, is never used
    const SessionId id{.index = index, .generation = slot.generation};
    session->AssignId(id);
    slot.session = std::move(session);
    return id;
}

bool SessionRegistry::Remove(SessionId id) {
    std::shared_ptr<Session> removed;  // destroyed after the lock is released
    MutexLock lock(mutex_);
    if (id.index >= slots_.size() || slots_[id.index].generation != id.generation || slots_[id.index].session == nullptr) {
        return false;
    }
    Slot& slot = slots_[id.index];
    removed = std::move(slot.session);
    slot.nextFree = firstFree_;
    firstFree_ = id.index;
    --count_;
    return true;
}

std::shared_ptr<Session> SessionRegistry::Find(SessionId id) const {
    MutexLock lock(mutex_);
    if (id.index >= slots_.size() || slots_[id.index].generation != id.generation) {
        return nullptr;
    }
    return slots_[id.index].session;
}

std::size_t SessionRegistry::Count() const {
    MutexLock lock(mutex_);
    return count_;
}

void SessionRegistry::Snapshot(std::vector<std::shared_ptr<Session>>& into) const {
    into.clear();
    MutexLock lock(mutex_);
    into.reserve(count_);
    for (const Slot& slot : slots_) {
        if (slot.session != nullptr) {
            into.push_back(slot.session);
        }
    }
}

}  // namespace servercore
