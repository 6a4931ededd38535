#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <vector>

#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Net/SessionId.h"

namespace servercore {

class Session;

// The sessions of a service: their only long-lived owner. A session leaves when it has closed.
// Owner: Service.  Threads: safe from any.
class SessionRegistry {
public:
    SessionRegistry() = default;
    SessionRegistry(const SessionRegistry&) = delete;
    SessionRegistry& operator=(const SessionRegistry&) = delete;

    // Gives the session its id. May throw std::bad_alloc; then nothing was stored.
    SessionId Add(std::shared_ptr<Session> session) SC_EXCLUDES(mutex_);

    // False: the id names no session (any more). A second removal is harmless.
    bool Remove(SessionId id) SC_EXCLUDES(mutex_);

    // nullptr: gone, which is a normal outcome.
    [[nodiscard]] std::shared_ptr<Session> Find(SessionId id) const SC_EXCLUDES(mutex_);

    [[nodiscard]] std::size_t Count() const SC_EXCLUDES(mutex_);

    // Replaces the content of `into` with the sessions of now; for work that must not hold the lock. May throw std::bad_alloc; then `into`
    // is empty.
    void Snapshot(std::vector<std::shared_ptr<Session>>& into) const SC_EXCLUDES(mutex_);

private:
    static constexpr std::uint32_t kNone = static_cast<std::uint32_t>(-1);

    struct Slot {
        std::shared_ptr<Session> session;
        std::uint32_t generation = 0;
        std::uint32_t nextFree = kNone;  // while free
    };

    mutable Mutex mutex_;
    std::deque<Slot> slots_ SC_GUARDED_BY(mutex_);  // grows without a copy, by what it needs
    std::uint32_t firstFree_ SC_GUARDED_BY(mutex_) = kNone;
    std::size_t count_ SC_GUARDED_BY(mutex_) = 0;
};

}  // namespace servercore
