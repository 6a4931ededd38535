#pragma once

#include <cstdint>

namespace game::protocol {

// The geometry of a zone. Both sides use these functions, so that they agree. A unit is a centimetre.

// Positions go from -kZoneExtent to +kZoneExtent on both axes.
inline constexpr std::int32_t kZoneExtent = 10'000;

[[nodiscard]] constexpr bool IsInZone(std::int32_t x, std::int32_t y) noexcept {
    return x >= -kZoneExtent && x <= kZoneExtent && y >= -kZoneExtent && y <= kZoneExtent;
}

// The row or column of the grid that a coordinate is in: rounded down, also below 0. Precondition: cellSize > 0.
[[nodiscard]] constexpr std::int32_t CellOf(std::int32_t coordinate, std::int32_t cellSize) noexcept {
    return coordinate >= 0 ? coordinate / cellSize : -((-coordinate + cellSize - 1) / cellSize);
}

// Whether who is in one row or column sees the other, as far as this axis goes.
[[nodiscard]] constexpr bool AreNeighbours(std::int32_t cell, std::int32_t other) noexcept {
    return cell - other <= 1 && other - cell <= 1;
}

}  // namespace game::protocol
