#pragma once

#include <cstdint>

#include "GameServer/World/PlayerInfo.h"
#include "ServerCore/Base/Clock.h"
#include "ServerCore/Base/TokenBucket.h"

namespace game {

// How far a player may walk: a steady speed, and two seconds' way at once, because packets come in bursts.
// Owner: Member.  Threads: confined to the zone's jobs.
class SpeedLimit {
public:
    // In units per second; 0: no limit.
    explicit SpeedLimit(std::uint32_t maxSpeed) noexcept;

    // False: too far; nothing was taken. `now`: when the move came, not when it is looked at.
    [[nodiscard]] bool TryWalk(Position from, Position to, servercore::TimePoint now) noexcept;

private:
    servercore::TokenRate rate_;
    servercore::TokenBucket way_;
};

}  // namespace game
