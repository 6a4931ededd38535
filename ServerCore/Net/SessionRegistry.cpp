#include "ServerCore/Net/SessionRegistry.h"

#include <algorithm>
#include <utility>

#include "ServerCore/Net/Session.h"

namespace servercore {

namespace {

constexpr std::size_t kFirstSlots = 64;

}  // namespace

SessionId SessionRegistry::Add(std::shared_ptr<Session> session) {
    MutexLock lock(mutex_);
    if (free_.empty()) {
        if (free_.capacity() == slots_.size()) {
            free_.reserve(std::max(kFirstSlots, 2 * slots_.size()));  // for every slot, so that Remove never allocates
        }
        slots_.emplace_back();
        free_.push_back(static_cast<std::uint32_t>(slots_.size() - 1));
    }
    const std::uint32_t index = free_.back();
    free_.pop_back();
    Slot& slot = slots_[index];
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
    removed = std::move(slots_[id.index].session);
    free_.push_back(id.index);
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
    return slots_.size() - free_.size();
}

void SessionRegistry::Snapshot(std::vector<std::shared_ptr<Session>>& into) const {
    into.clear();
    MutexLock lock(mutex_);
    into.reserve(slots_.size() - free_.size());
    for (const Slot& slot : slots_) {
        if (slot.session != nullptr) {
            into.push_back(slot.session);
        }
    }
}

}  // namespace servercore
