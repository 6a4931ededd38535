#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "GameServer/Player.h"
#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Base/ThreadAnnotations.h"

namespace game {

// Who is logged in: a name is in use once at a time.
// Owner: GameServer.  Threads: safe from any.
class PlayerDirectory {
public:
    // Nothing: the name is in use. Else one LogOut is owed.
    [[nodiscard]] std::optional<PlayerId> TryLogIn(const std::string& name, std::weak_ptr<PlayerChannel> channel) SC_EXCLUDES(mutex_);
    void LogOut(const std::string& name) SC_EXCLUDES(mutex_);

    // Gives the packet to everybody who is logged in.
    void Announce(const servercore::SendBufferRef& packet) SC_EXCLUDES(mutex_);

    [[nodiscard]] std::size_t Count() const SC_EXCLUDES(mutex_);

private:
    mutable servercore::Mutex mutex_;
    std::unordered_map<std::string, std::weak_ptr<PlayerChannel>> online_ SC_GUARDED_BY(mutex_);
    PlayerId lastId_ SC_GUARDED_BY(mutex_) = 0;
};

}  // namespace game
