#include "GameServer/World/InterestGrid.h"

#include <gtest/gtest.h>

#include <vector>

#include "Protocol/ZoneRules.h"

namespace game::test {

namespace {

constexpr std::int32_t kCellSize = 2500;

[[nodiscard]] std::vector<PlayerId> NearbyOf(const InterestGrid& grid, Position position) {
    std::vector<Occupant> nearby;
    grid.CollectNear(grid.CellAt(position), nearby);
    std::vector<PlayerId> ids;
    for (const Occupant& occupant : nearby) {
        ids.push_back(occupant.id);
    }
    return ids;
}

using Ids = std::vector<PlayerId>;

TEST(InterestGrid, HasACellForEveryPositionAndTellsCellsApartAsTheProtocolDoes) {
    const InterestGrid grid(kCellSize);
    for (const std::int32_t x : {-10'000, -7501, -7500, -1, 0, 2499, 2500, 9999, 10'000}) {
        for (const std::int32_t y : {-10'000, -1, 0, 10'000}) {
            const CellIndex cell = grid.CellAt({.x = x, .y = y});
            ASSERT_LT(cell, grid.CellCount());
            const bool isSame = protocol::CellOf(x, kCellSize) == 0 && protocol::CellOf(y, kCellSize) == 0;
            EXPECT_EQ(cell == grid.CellAt({.x = 100, .y = 100}), isSame) << x << ' ' << y;
        }
    }
}

TEST(InterestGrid, CollectsTheCellAndItsEightNeighboursById) {
    InterestGrid grid(kCellSize);
    PlayerId id = 30;
    for (const std::int32_t y : {-2600, -100, 100, 2600, 5100}) {
        for (const std::int32_t x : {-2600, -100, 100, 2600, 5100}) {
            grid.Add(grid.CellAt({.x = x, .y = y}), {.id = id, .slot = id});
            --id;
        }
    }
    // Columns and rows -1, 0 and 1.
    EXPECT_EQ(NearbyOf(grid, {.x = 2499, .y = 0}), (Ids{12, 13, 14, 17, 18, 19, 22, 23, 24}));
}

TEST(InterestGrid, HasNoNeighboursBeyondItsEdges) {
    InterestGrid grid(kCellSize);
    grid.Add(grid.CellAt({.x = -10'000, .y = 0}), {.id = 1, .slot = 0});
    grid.Add(grid.CellAt({.x = 10'000, .y = 0}), {.id = 2, .slot = 1});
    grid.Add(grid.CellAt({.x = 10'000, .y = 2500}), {.id = 3, .slot = 2});
    EXPECT_EQ(NearbyOf(grid, {.x = -10'000, .y = 0}), Ids{1});
    EXPECT_EQ(NearbyOf(grid, {.x = 10'000, .y = 0}), (Ids{2, 3}));
}

TEST(InterestGrid, KnowsWhereSomebodyCameOrWent) {
    InterestGrid grid(kCellSize);
    const CellIndex here = grid.CellAt({.x = 0, .y = 0});
    const CellIndex beside = grid.CellAt({.x = 2500, .y = 2500});
    const CellIndex away = grid.CellAt({.x = 5000, .y = 0});
    grid.Add(here, {.id = 1, .slot = 0});
    EXPECT_TRUE(grid.HasChanged(here));
    EXPECT_TRUE(grid.HasChanged(beside));
    EXPECT_FALSE(grid.HasChanged(away));
    grid.ForgetChanges();
    EXPECT_FALSE(grid.HasChanged(beside));
    grid.Remove(here, 1);
    EXPECT_TRUE(grid.HasChanged(beside));
    EXPECT_FALSE(grid.HasChanged(away));
    EXPECT_TRUE(grid.In(here).empty());
}

}  // namespace

}  // namespace game::test
