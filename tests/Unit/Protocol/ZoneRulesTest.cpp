#include "Protocol/ZoneRules.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>

namespace game::protocol {
namespace {

constexpr std::int32_t kCellSize = 2500;

TEST(ZoneRules, ASquareWithItsEdges) {
    EXPECT_TRUE(IsInZone(0, 0));
    EXPECT_TRUE(IsInZone(kZoneExtent, -kZoneExtent));
    EXPECT_TRUE(IsInZone(-kZoneExtent, kZoneExtent));

    EXPECT_FALSE(IsInZone(kZoneExtent + 1, 0));
    EXPECT_FALSE(IsInZone(0, kZoneExtent + 1));
    EXPECT_FALSE(IsInZone(-kZoneExtent - 1, 0));
    EXPECT_FALSE(IsInZone(0, -kZoneExtent - 1));
    EXPECT_FALSE(IsInZone(std::numeric_limits<std::int32_t>::min(), 0));
    EXPECT_FALSE(IsInZone(0, std::numeric_limits<std::int32_t>::max()));
}

TEST(ZoneRules, ACellBeginsAtItsLowestCoordinate) {
    EXPECT_EQ(CellOf(0, kCellSize), 0);
    EXPECT_EQ(CellOf(2499, kCellSize), 0);
    EXPECT_EQ(CellOf(2500, kCellSize), 1);
    EXPECT_EQ(CellOf(-1, kCellSize), -1);
    EXPECT_EQ(CellOf(-2500, kCellSize), -1);
    EXPECT_EQ(CellOf(-2501, kCellSize), -2);
}

TEST(ZoneRules, TheFarthestEdgeIsACellOfItsOwn) {
    EXPECT_EQ(CellOf(kZoneExtent, kCellSize), 4);
    EXPECT_EQ(CellOf(kZoneExtent - 1, kCellSize), 3);
    EXPECT_EQ(CellOf(-kZoneExtent, kCellSize), -4);
}

TEST(ZoneRules, CoordinatesAreRoundedDownEverywhere) {
    for (const std::int32_t cellSize : {1, 2, 7, 2499, 2500, 20'001}) {
        for (std::int32_t coordinate = -kZoneExtent; coordinate <= kZoneExtent; ++coordinate) {
            ASSERT_EQ(CellOf(coordinate, cellSize), std::floor(static_cast<double>(coordinate) / cellSize))
                << coordinate << " in cells of " << cellSize;
        }
    }
}

TEST(ZoneRules, ACellSeesItselfAndTheNextOnBothSides) {
    for (const std::int32_t cell : {-4, -1, 0, 1, 4}) {
        EXPECT_TRUE(AreNeighbours(cell, cell));
        EXPECT_TRUE(AreNeighbours(cell, cell + 1));
        EXPECT_TRUE(AreNeighbours(cell, cell - 1));
        EXPECT_FALSE(AreNeighbours(cell, cell + 2));
        EXPECT_FALSE(AreNeighbours(cell, cell - 2));
    }
}

}  // namespace
}  // namespace game::protocol
