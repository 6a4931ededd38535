#include "GameServer/PlayerDirectory.h"

#include <utility>
#include <vector>

namespace game {

std::optional<PlayerId> PlayerDirectory::TryLogIn(const std::string& name, std::weak_ptr<PlayerChannel> channel) {
    servercore::MutexLock lock(mutex_);
    if (!online_.try_emplace(name, std::move(channel)).second) {
        return std::nullopt;
    }
    return ++lastId_;
}

void PlayerDirectory::LogOut(const std::string& name) {
    servercore::MutexLock lock(mutex_);
    online_.erase(name);
}

void PlayerDirectory::Announce(const servercore::SendBufferRef& packet) {
    std::vector<std::weak_ptr<PlayerChannel>> channels;
    {
        servercore::MutexLock lock(mutex_);
        channels.reserve(online_.size());
        for (const auto& [name, channel] : online_) {
            channels.push_back(channel);
        }
    }
    for (const std::weak_ptr<PlayerChannel>& weak : channels) {
        if (const std::shared_ptr<PlayerChannel> channel = weak.lock()) {
            channel->Deliver(packet);
        }
    }
}

std::size_t PlayerDirectory::Count() const {
    servercore::MutexLock lock(mutex_);
    return online_.size();
}

}  // namespace game
