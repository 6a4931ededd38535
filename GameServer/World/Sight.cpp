#include "GameServer/World/Sight.h"

#include <algorithm>

namespace game {

void Sight::Update(std::span<const Occupant> nearby, SightChange& change, std::vector<SeenPlayer>& spare) {
    change.entered.clear();
    change.left.clear();
    if (Shows(nearby)) {
        return;
    }
    spare.clear();
    auto seen = players_.cbegin();
    for (const Occupant& occupant : nearby) {
        for (; seen != players_.cend() && seen->id < occupant.id; ++seen) {
            change.left.push_back(seen->id);
        }
        if (seen != players_.cend() && seen->id == occupant.id) {
            spare.push_back(*seen++);
        } else {
            change.entered.push_back(occupant);
            spare.push_back({.id = occupant.id, .slot = occupant.slot, .key = nextKey_++, .isNew = true});
        }
    }
    for (; seen != players_.cend(); ++seen) {
        change.left.push_back(seen->id);
    }
    players_.swap(spare);
    hasNew_ = hasNew_ || !change.entered.empty();
}

bool Sight::Shows(std::span<const Occupant> nearby) const noexcept {
    return std::equal(players_.begin(), players_.end(), nearby.begin(), nearby.end(),
                      [](const SeenPlayer& seen, const Occupant& occupant) { return seen.id == occupant.id; });
}

void Sight::EndTick() noexcept {
    if (hasNew_) {
        for (SeenPlayer& player : players_) {
            player.isNew = false;
        }
        hasNew_ = false;
    }
}

void Sight::RenewKey(PlayerId player) noexcept {
    const auto found =
        std::lower_bound(players_.begin(), players_.end(), player, [](const SeenPlayer& seen, PlayerId id) { return seen.id < id; });
    if (found != players_.end() && found->id == player) {
        found->key = nextKey_++;
    }
}

}  // namespace game
