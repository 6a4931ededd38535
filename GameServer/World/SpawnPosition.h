#pragma once

#include "GameServer/World/PlayerInfo.h"

namespace game {

// Where a player stands that has just come into a zone: spread over it evenly, whatever part of the ids it has.
[[nodiscard]] Position SpawnPositionOf(PlayerId player) noexcept;

}  // namespace game
