#include "GameServer/World/World.h"

#include "tests/Unit/Game/ZoneFixture.h"

namespace game::test {

namespace {

using WorldTest = ZoneFixture;

TEST_F(WorldTest, NumbersItsZonesFromOne) {
    EXPECT_EQ(world.ZoneCount(), 2U);
    EXPECT_EQ(world.Find(0), nullptr);
    EXPECT_EQ(world.Find(1)->Id(), 1U);
    EXPECT_EQ(world.Find(2)->Id(), 2U);
    EXPECT_EQ(world.Find(3), nullptr);
    EXPECT_EQ(world.Find(~ZoneId{0}), nullptr);
}

TEST_F(WorldTest, AddsUpItsZones) {
    const auto first = Enter(1, zone);
    const auto second = Enter(2, other);
    Walk(1, 1, {.x = 10, .y = 10});
    Say(1, 1, "hello");
    zone->Leave(1);
    Tick();
    Tick();
    EXPECT_EQ(ToString(world.Totals()),
              "world zones=2 ticks=8 late_ticks=0 worst_slip_ms=0 entered=2 left=1 present=1 moves=1 corrected=0 chats=1 whispers=0 "
              "deliveries=0 jobs_failed=0\n");
    EXPECT_EQ(zone->Totals().left, 1U);
    EXPECT_EQ(other->Totals().present, 1U);
}

TEST_F(WorldTest, LetsItsZonesTakeTurns) {
    World turns(executor, clock, buffers, log, 5, {});
    const auto ticksOf = [&](ZoneId id) { return turns.Find(id)->Totals().ticks; };
    turns.StartTicking(timers);
    Tick(50ms);
    for (const ZoneId ticking : {1U, 2U, 3U, 4U, 5U}) {
        for (ZoneId id = 1; id <= 5; ++id) {
            EXPECT_EQ(ticksOf(id), id <= ticking ? 1U : 0U) << id << " at " << ticking;
        }
        Tick(10ms);
    }
    EXPECT_EQ(ticksOf(1), 2U);
    turns.Close();
}

}  // namespace

}  // namespace game::test
