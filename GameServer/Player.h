#pragma once

#include <cstdint>
#include <string>

#include "ServerCore/Buffer/SendBuffer.h"

namespace game {

// Names one login, from its success until the player has left. Never 0, not reused while the server runs.
using PlayerId = std::uint32_t;

struct Position {
    std::int32_t x = 0;
    std::int32_t y = 0;

    friend bool operator==(const Position&, const Position&) noexcept = default;
};

// Positions go from -kZoneExtent to +kZoneExtent on both axes.
inline constexpr std::int32_t kZoneExtent = 1'000'000;

struct PlayerInfo {
    PlayerId id = 0;
    std::string name;
};

// The way to a player's client. Held weakly by the game: a player may be gone at any time.
// Threads: safe from any.
class PlayerChannel {
public:
    // Queues a packet; never blocks. Dropped when the connection has ended, and ends it when its queue is full.
    virtual void Deliver(servercore::SendBufferRef packet) = 0;

protected:
    ~PlayerChannel() = default;
};

}  // namespace game
