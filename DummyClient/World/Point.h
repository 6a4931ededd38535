#pragma once

#include <cstdint>

#include "Protocol/ZoneRules.h"

namespace loadtest {

struct Point {
    std::int32_t x = 0;
    std::int32_t y = 0;

    friend bool operator==(const Point&, const Point&) noexcept = default;
};

// Whether who stands at one sees who stands at the other. Precondition: cellSize > 0.
[[nodiscard]] constexpr bool AreInSight(Point a, Point b, std::int32_t cellSize) noexcept {
    using game::protocol::AreNeighbours;
    using game::protocol::CellOf;
    return AreNeighbours(CellOf(a.x, cellSize), CellOf(b.x, cellSize)) && AreNeighbours(CellOf(a.y, cellSize), CellOf(b.y, cellSize));
}

}  // namespace loadtest
