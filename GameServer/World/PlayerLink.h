#pragma once

#include "ServerCore/Buffer/SendBuffer.h"
#include "ServerCore/Net/SendOptions.h"

namespace game {

// The world's way to a player, connected or not.
// Threads: safe from any; nothing blocks.
class PlayerLink {
public:
    virtual void Deliver(servercore::SendBufferRef packet, const servercore::SendOptions& options) = 0;

    // For good: a connection that broke does not count as long as the player may come back.
    [[nodiscard]] virtual bool HasLeft() const noexcept = 0;

    // A zone has taken the player in; comes before the first packet of that zone.
    virtual void OnZoneEntered() noexcept = 0;

    // The zone that the player was to enter has more to do than it can, or is closed. The player is in no zone.
    virtual void OnZoneRefused() = 0;

protected:
    ~PlayerLink() = default;
};

}  // namespace game
