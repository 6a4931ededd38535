#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "GameServer/World/PlayerInfo.h"

namespace game {

// A member of a zone, as the grid knows it; `slot` is its place in ZoneMembers.
struct Occupant {
    PlayerId id = 0;
    std::uint32_t slot = 0;

    friend bool operator==(const Occupant&, const Occupant&) noexcept = default;
};

using CellIndex = std::uint32_t;

// Who stands in which cell of a zone, and where the neighbourhood has changed. All who stand in one cell see the same players.
// Owner: Zone.  Threads: confined to the zone's jobs.
class InterestGrid {
public:
    // Precondition: a side of the zone has 128 cells at most.
    explicit InterestGrid(std::int32_t cellSize);

    // Precondition: IsInZone (Protocol/ZoneRules.h).
    [[nodiscard]] CellIndex CellAt(Position position) const noexcept;
    [[nodiscard]] CellIndex CellCount() const noexcept { return static_cast<CellIndex>(cells_.size()); }

    void Add(CellIndex cell, Occupant occupant);
    // Precondition: the player stands there.
    void Remove(CellIndex cell, PlayerId player) noexcept;

    [[nodiscard]] std::span<const Occupant> In(CellIndex cell) const noexcept { return cells_[cell].occupants; }

    // Whether somebody has come into the cell or one of its neighbours, or gone from there, since ForgetChanges.
    [[nodiscard]] bool HasChanged(CellIndex cell) const noexcept { return cells_[cell].hasChanged; }
    void ForgetChanges() noexcept;

    // All in the cell and its neighbours, by id.
    void CollectNear(CellIndex cell, std::vector<Occupant>& nearby) const;

private:
    struct Cell {
        std::vector<Occupant> occupants;
        bool hasChanged = false;
    };

    template <class Action>
    void ForEachNear(CellIndex cell, Action action) const;
    void MarkChanged(CellIndex cell) noexcept;

    const std::int32_t cellSize_;
    const std::int32_t first_;  // the row and column of the zone's lowest corner
    const std::int32_t side_;
    std::vector<Cell> cells_;  // row by row
};

}  // namespace game
