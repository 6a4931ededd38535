#include "GameServer/Players/PlayerDirectory.h"

#include <utility>

namespace game {

PlayerDirectory::PlayerRef PlayerDirectory::Add(const PlayerRef& player) {
    servercore::MutexLock lock(mutex_);
    byToken_.emplace(player->Token(), player);
    PlayerRef& place = byName_[player->Info().name];
    PlayerRef former = std::exchange(place, player);
    if (former != nullptr) {
        byToken_.erase(former->Token());
    }
    return former;
}

void PlayerDirectory::Remove(const Player& player) {
    PlayerRef gone;  // let go of without the lock
    servercore::MutexLock lock(mutex_);
    const auto named = byName_.find(player.Info().name);
    if (named != byName_.end() && named->second.get() == &player) {
        gone = std::move(named->second);
        byName_.erase(named);
        byToken_.erase(player.Token());
    }
}

PlayerDirectory::PlayerRef PlayerDirectory::Named(const std::string& name) const {
    servercore::MutexLock lock(mutex_);
    const auto found = byName_.find(name);
    return found == byName_.end() ? nullptr : found->second;
}

PlayerDirectory::PlayerRef PlayerDirectory::WithToken(const ResumeToken& token) const {
    servercore::MutexLock lock(mutex_);
    const auto found = byToken_.find(token);
    return found == byToken_.end() ? nullptr : found->second;
}

std::vector<PlayerDirectory::PlayerRef> PlayerDirectory::All() const {
    servercore::MutexLock lock(mutex_);
    std::vector<PlayerRef> players;
    players.reserve(byName_.size());
    for (const auto& [name, player] : byName_) {
        players.push_back(player);
    }
    return players;
}

std::size_t PlayerDirectory::Count() const {
    servercore::MutexLock lock(mutex_);
    return byName_.size();
}

}  // namespace game
