#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "GameServer/Players/Player.h"
#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Base/ThreadAnnotations.h"

namespace game {

// Who is logged in, connected or not: one player of each name.
// Owner: GameServer.  Threads: safe from any; no player's lock is taken under this one's.
class PlayerDirectory {
public:
    using PlayerRef = std::shared_ptr<Player>;

    [[nodiscard]] PlayerId NextId() noexcept { return lastId_.fetch_add(1) + 1; }

    // Returns the player who had the name until now, for the caller to dismiss; nullptr: nobody had.
    [[nodiscard]] PlayerRef Add(const PlayerRef& player) SC_EXCLUDES(mutex_);
    // Unless another one has taken the name.
    void Remove(const Player& player) SC_EXCLUDES(mutex_);

    // nullptr: nobody.
    [[nodiscard]] PlayerRef Named(const std::string& name) const SC_EXCLUDES(mutex_);
    [[nodiscard]] PlayerRef WithToken(const ResumeToken& token) const SC_EXCLUDES(mutex_);

    // In no particular order.
    [[nodiscard]] std::vector<PlayerRef> All() const SC_EXCLUDES(mutex_);
    [[nodiscard]] std::size_t Count() const SC_EXCLUDES(mutex_);

private:
    std::atomic<PlayerId> lastId_ = 0;

    mutable servercore::Mutex mutex_;
    std::unordered_map<std::string, PlayerRef> byName_ SC_GUARDED_BY(mutex_);
    std::unordered_map<ResumeToken, PlayerRef, ResumeTokenHash> byToken_ SC_GUARDED_BY(mutex_);
};

}  // namespace game
