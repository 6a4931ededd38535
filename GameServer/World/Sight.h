#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "GameServer/World/InterestGrid.h"
#include "GameServer/World/PlayerInfo.h"

namespace game {

// A player that a member sees.
struct SeenPlayer {
    PlayerId id = 0;
    std::uint32_t slot = 0;
    // SendOptions::key of its moves for this receiver, and for this time in sight: a move that takes the place of a waiting one must not
    // come before the packet that says that the player is in sight again, or was put back.
    std::uint32_t key = 0;
    bool isNew = false;  // came into sight in this tick
};

// What a member is to be told, by id.
struct SightChange {
    std::vector<Occupant> entered;
    std::vector<PlayerId> left;

    [[nodiscard]] bool IsEmpty() const noexcept { return entered.empty() && left.empty(); }
    friend bool operator==(const SightChange&, const SightChange&) noexcept = default;
};

// Whom a member of a zone sees, as its client has been told. The difference to what it should see is what it is told next, so the two
// cannot drift apart.
// Owner: Member.  Threads: confined to the zone's jobs.
class Sight {
public:
    // Keys count on over the zones, because the packets of the last one may still wait.
    explicit Sight(std::uint32_t firstKey) noexcept : nextKey_(firstKey) {}

    // `nearby`: who is to be seen from now on, by id. Overwrites `change`; `spare` is memory to work in.
    void Update(std::span<const Occupant> nearby, SightChange& change, std::vector<SeenPlayer>& spare);

    // Those who came into sight are new no longer.
    void EndTick() noexcept;

    // For a player in sight whose moves so far must stay where they are in the queue.
    void RenewKey(PlayerId player) noexcept;

    // A key that no other packet has.
    [[nodiscard]] std::uint32_t FreshKey() noexcept { return nextKey_++; }

    // By id.
    [[nodiscard]] std::span<const SeenPlayer> Players() const noexcept { return players_; }
    [[nodiscard]] std::uint32_t NextKey() const noexcept { return nextKey_; }

private:
    [[nodiscard]] bool Shows(std::span<const Occupant> nearby) const noexcept;

    std::vector<SeenPlayer> players_;
    std::uint32_t nextKey_;
    bool hasNew_ = false;
};

}  // namespace game
