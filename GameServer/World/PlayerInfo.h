#pragma once

#include <cstdint>
#include <string>

namespace game {

// Names one login, from its success until the player has left. Never 0, not reused while the server runs.
using PlayerId = std::uint32_t;

// 1 to the number of zones.
using ZoneId = std::uint32_t;

// In the units of Protocol/ZoneRules.h.
struct Position {
    std::int32_t x = 0;
    std::int32_t y = 0;

    friend bool operator==(const Position&, const Position&) noexcept = default;
};

struct PlayerInfo {
    PlayerId id = 0;
    std::string name;
};

}  // namespace game
