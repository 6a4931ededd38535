#include "GameServer/World/SightPackets.h"

namespace game {

void SightPackets::Make(const SightChange& change) {
    if (change == made_) {
        return;
    }
    Forget();
    packets_.AddPlayersLeft(change.left, left_);
    packets_.AddPlayersEntered(change.entered, members_, entered_);
    made_ = change;  // last: what fails on the way is made again
}

void SightPackets::Forget() noexcept {
    made_.left.clear();
    made_.entered.clear();
    left_.clear();
    entered_.clear();
}

}  // namespace game
