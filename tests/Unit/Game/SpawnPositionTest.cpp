#include "GameServer/World/SpawnPosition.h"

#include <gtest/gtest.h>

#include <limits>
#include <map>

#include "Protocol/ZoneRules.h"

namespace game::test {

namespace {

// Players that share a zone often have every n-th id.
TEST(SpawnPosition, IsSpreadEvenlyOverTheZoneForEveryNthId) {
    for (const PlayerId step : {1U, 2U, 4U, 7U, 20U}) {
        std::map<std::pair<int, int>, int> quarters;  // of 16 along both sides
        for (PlayerId i = 1; i <= 1600; ++i) {
            const Position position = SpawnPositionOf(i * step);
            ASSERT_TRUE(protocol::IsInZone(position.x, position.y));
            ++quarters[{protocol::CellOf(position.x, 5001), protocol::CellOf(position.y, 5001)}];
        }
        EXPECT_EQ(quarters.size(), 16U);
        for (const auto& [quarter, count] : quarters) {
            EXPECT_GT(count, 50) << step;
            EXPECT_LT(count, 150) << step;
        }
    }
}

TEST(SpawnPosition, IsInTheZoneForTheLargestIds) {
    for (PlayerId id = std::numeric_limits<PlayerId>::max() - 1000; id != 0; ++id) {
        const Position position = SpawnPositionOf(id);
        ASSERT_TRUE(protocol::IsInZone(position.x, position.y)) << id;
    }
}

}  // namespace

}  // namespace game::test
