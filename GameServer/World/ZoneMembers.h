#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "GameServer/World/InterestGrid.h"
#include "GameServer/World/PlayerInfo.h"
#include "GameServer/World/PlayerLink.h"
#include "GameServer/World/Sight.h"
#include "GameServer/World/SpeedLimit.h"
#include "ServerCore/Buffer/SendBuffer.h"

namespace game {

class Zone;

// What a player takes along from zone to zone.
struct Traveller {
    PlayerInfo info;
    std::shared_ptr<PlayerLink> link;
    std::uint32_t moveSequence = 0;  // as Member has them
    std::uint32_t correctedSequence = 0;
    std::uint32_t firstKey = 1;  // Sight
};

// A player in a zone.
struct Member {
    PlayerInfo info;
    std::shared_ptr<PlayerLink> link;
    Position position;
    std::uint32_t moveSequence = 0;       // of the last move taken
    std::uint32_t heardSequence = 0;      // of the last move received, taken or not
    std::uint32_t correctedSequence = 0;  // of its last S_PositionCorrected
    SpeedLimit speed;
    Sight sight;
    CellIndex cell = 0;
    std::uint32_t slot = 0;

    // Since the last tick.
    bool isNew = true;
    bool hasMoved = false;
    bool isCorrected = false;
    bool wantsRefresh = false;
    bool isLeaving = false;
    std::shared_ptr<Zone> next{};       // where it moves on to
    servercore::SendBufferRef moved{};  // its S_Moved, once somebody needs it
};

// The players of a zone. Each has a slot while it is in; slots are used again.
// Owner: Zone.  Threads: confined to the zone's jobs.
class ZoneMembers {
public:
    [[nodiscard]] std::size_t Count() const noexcept { return slotOf_.size(); }
    [[nodiscard]] bool Has(PlayerId player) const noexcept { return slotOf_.contains(player); }
    // nullptr: it is not in the zone.
    [[nodiscard]] Member* Find(PlayerId player) noexcept;
    // Precondition: somebody has the slot.
    [[nodiscard]] Member& At(std::uint32_t slot) noexcept { return *slots_[slot]; }
    [[nodiscard]] const Member& At(std::uint32_t slot) const noexcept { return *slots_[slot]; }

    // Precondition: the player is not in the zone.
    Member& Add(std::unique_ptr<Member> member);
    [[nodiscard]] std::unique_ptr<Member> Take(std::uint32_t slot) noexcept;

    // `action` may take the member that it is called with.
    template <class Action>
    void ForEach(Action action) {
        for (std::size_t slot = 0; slot < slots_.size(); ++slot) {
            if (slots_[slot] != nullptr) {
                action(*slots_[slot]);
            }
        }
    }

private:
    std::vector<std::unique_ptr<Member>> slots_;
    std::vector<std::uint32_t> free_;  // has room for all slots
    std::unordered_map<PlayerId, std::uint32_t> slotOf_;
};

}  // namespace game
