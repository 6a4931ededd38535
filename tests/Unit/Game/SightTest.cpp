#include "GameServer/World/Sight.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <vector>

namespace game::test {

namespace {

using Ids = std::vector<PlayerId>;

class SightTest : public ::testing::Test {
protected:
    void See(const Ids& ids) {
        std::vector<Occupant> nearby;
        for (const PlayerId id : ids) {
            nearby.push_back({.id = id, .slot = id + 100});
        }
        sight.EndTick();
        sight.Update(nearby, change, spare);
    }
    [[nodiscard]] Ids Entered() const {
        Ids ids;
        for (const Occupant& occupant : change.entered) {
            ids.push_back(occupant.id);
        }
        return ids;
    }
    [[nodiscard]] SeenPlayer Of(PlayerId id) const {
        for (const SeenPlayer& player : sight.Players()) {
            if (player.id == id) {
                return player;
            }
        }
        return {};
    }

    Sight sight{7};
    SightChange change;
    std::vector<SeenPlayer> spare;
};

TEST_F(SightTest, TellsWhoCameAndWhoWent) {
    See({2, 4, 6});
    EXPECT_EQ(Entered(), (Ids{2, 4, 6}));
    EXPECT_TRUE(change.left.empty());
    See({1, 4, 5, 7});
    EXPECT_EQ(Entered(), (Ids{1, 5, 7}));
    EXPECT_EQ(change.left, (Ids{2, 6}));
    EXPECT_EQ(Of(5).slot, 105U);
    See({1, 4, 5, 7});
    EXPECT_TRUE(change.IsEmpty());
    See({});
    EXPECT_EQ(change.left, (Ids{1, 4, 5, 7}));
    EXPECT_TRUE(sight.Players().empty());
}

TEST_F(SightTest, IsNewsForOneTick) {
    See({1});
    EXPECT_TRUE(Of(1).isNew);
    See({1, 2});
    EXPECT_FALSE(Of(1).isNew);
    EXPECT_TRUE(Of(2).isNew);
    sight.EndTick();
    EXPECT_FALSE(Of(2).isNew);
}

TEST_F(SightTest, HasAFreshKeyForEachTimeInSightAndEachRenewal) {
    See({1, 2});
    std::set<std::uint32_t> keys{Of(1).key, Of(2).key};
    See({2});
    EXPECT_TRUE(keys.contains(Of(2).key)) << "it has been in sight all the time";
    See({1, 2});
    EXPECT_TRUE(keys.insert(Of(1).key).second);
    sight.RenewKey(2);
    EXPECT_TRUE(keys.insert(Of(2).key).second);
    EXPECT_TRUE(keys.insert(sight.FreshKey()).second);
    EXPECT_EQ(sight.NextKey(), 7U + keys.size());
    sight.RenewKey(3);  // nobody
    EXPECT_EQ(sight.NextKey(), 7U + keys.size());
}

}  // namespace

}  // namespace game::test
