#include "GameServer/World/InterestGrid.h"

#include <algorithm>

#include "Protocol/ZoneRules.h"
#include "ServerCore/Base/Assert.h"

namespace game {

namespace {

constexpr std::int32_t kMaxSide = 128;

}  // namespace

InterestGrid::InterestGrid(std::int32_t cellSize)
    : cellSize_(cellSize),
      first_(protocol::CellOf(-protocol::kZoneExtent, cellSize)),
      side_(protocol::CellOf(protocol::kZoneExtent, cellSize) - first_ + 1) {
    SC_VERIFY(side_ <= kMaxSide);
    cells_.resize(static_cast<std::size_t>(side_) * static_cast<std::size_t>(side_));
}

CellIndex InterestGrid::CellAt(Position position) const noexcept {
    SC_ASSERT(protocol::IsInZone(position.x, position.y));
    const std::int32_t column = protocol::CellOf(position.x, cellSize_) - first_;
    const std::int32_t row = protocol::CellOf(position.y, cellSize_) - first_;
    return static_cast<CellIndex>(row * side_ + column);
}

void InterestGrid::Add(CellIndex cell, Occupant occupant) {
    cells_[cell].occupants.push_back(occupant);
    MarkChanged(cell);
}

void InterestGrid::Remove(CellIndex cell, PlayerId player) noexcept {
    std::vector<Occupant>& occupants = cells_[cell].occupants;
    const auto found = std::find_if(occupants.begin(), occupants.end(), [player](const Occupant& each) { return each.id == player; });
    SC_VERIFY(found != occupants.end());
    *found = occupants.back();
    occupants.pop_back();
    MarkChanged(cell);
}

void InterestGrid::ForgetChanges() noexcept {
    for (Cell& cell : cells_) {
        cell.hasChanged = false;
    }
}

void InterestGrid::CollectNear(CellIndex cell, std::vector<Occupant>& nearby) const {
    nearby.clear();
    ForEachNear(cell, [&](std::size_t each) {
        const std::vector<Occupant>& occupants = cells_[each].occupants;
        nearby.insert(nearby.end(), occupants.begin(), occupants.end());
    });
    std::sort(nearby.begin(), nearby.end(), [](const Occupant& left, const Occupant& right) { return left.id < right.id; });
}

template <class Action>
void InterestGrid::ForEachNear(CellIndex cell, Action action) const {
    const std::int32_t row = static_cast<std::int32_t>(cell) / side_;
    const std::int32_t column = static_cast<std::int32_t>(cell) % side_;
    for (std::int32_t y = std::max(row - 1, 0); y <= std::min(row + 1, side_ - 1); ++y) {
        for (std::int32_t x = std::max(column - 1, 0); x <= std::min(column + 1, side_ - 1); ++x) {
            action(static_cast<std::size_t>(y * side_ + x));
        }
    }
}

void InterestGrid::MarkChanged(CellIndex cell) noexcept {
    ForEachNear(cell, [this](std::size_t each) { cells_[each].hasChanged = true; });
}

}  // namespace game
