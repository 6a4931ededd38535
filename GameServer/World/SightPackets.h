#pragma once

#include "GameServer/World/Sight.h"
#include "GameServer/World/ZonePackets.h"

namespace game {

// The packets of a change of sight. Members of one cell mostly have the same to be told, one after the other, and then share them.
// Owner: Zone.  Threads: confined to the zone's jobs.
class SightPackets {
public:
    SightPackets(ZonePackets& packets, const ZoneMembers& members) noexcept : packets_(packets), members_(members) {}

    void Make(const SightChange& change);
    // Positions are about to change.
    void Forget() noexcept;

    // Of the last change made; empty when it has none.
    [[nodiscard]] const PacketList& Left() const noexcept { return left_; }
    [[nodiscard]] const PacketList& Entered() const noexcept { return entered_; }

private:
    ZonePackets& packets_;
    const ZoneMembers& members_;
    SightChange made_;
    PacketList left_;
    PacketList entered_;
};

}  // namespace game
