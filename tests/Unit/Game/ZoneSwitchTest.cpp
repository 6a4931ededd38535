#include "GameServer/World/SpawnPosition.h"
#include "GameServer/World/Zone.h"
#include "tests/Unit/Game/ZoneFixture.h"

namespace game::test {

namespace {

constexpr Position kHere{.x = 100, .y = 100};

class ZoneSwitchTest : public ZoneFixture {
protected:
    void MoveOn(PlayerId id, const std::shared_ptr<Zone>& from, const std::shared_ptr<Zone>& to) {
        EXPECT_EQ(from->MoveOn(id, to), PostResult::Queued);
    }
};

TEST_F(ZoneSwitchTest, TellsAllThatWasSaidBeforeItAndNothingAfterIt) {
    const auto one = EnterAt(1, kHere);
    const auto two = EnterAt(2, kHere);
    (void)one->News();
    (void)two->News();
    Walk(2, 2, kHere);
    Say(2, 1, "before");
    Say(1, 1, "bye");
    Walk(1, 2, kHere);
    MoveOn(1, zone, other);
    Say(2, 2, "meanwhile");
    Tick();
    Say(2, 3, "after");
    Walk(2, 3, kHere);
    Tick();
    Tick();
    EXPECT_EQ(one->News(), (News{"chat 1 of p2 1: before", "chat 2 of p1 1: bye", "chat 3 of p2 2: meanwhile", "moved 1:2", "zone 2 of 1",
                                 "entered 1:2"}));
    EXPECT_EQ(one->enteredAt.back() + 2, one->packets.size()) << "the link is told first";
    EXPECT_EQ(two->News(), (News{"left 1", "chat 1 of p2 1: before", "chat 2 of p1 1: bye", "chat 3 of p2 2: meanwhile", "moved 2:2",
                                 "chat 4 of p2 3: after", "moved 2:3"}));
    EXPECT_EQ(one->view.Complaints(), News{});
}

TEST_F(ZoneSwitchTest, NeverReachesTheNextZoneBeforeTheLastOneHasTicked) {
    const auto one = EnterAt(1, kHere);
    MoveOn(1, zone, other);
    executor.RunAll();
    EXPECT_EQ(other->Totals().entered, 0U);
    EXPECT_EQ(zone->Totals().present, 1U);
    Tick();
    Tick();
    EXPECT_EQ(other->Totals().entered, 1U);
    EXPECT_EQ(zone->Totals().present, 0U);
}

TEST_F(ZoneSwitchTest, TakesSequencesAndKeysAlong) {
    const auto one = EnterAt(1, kHere);
    Walk(1, 2, kHere);
    Tick();
    const std::uint32_t key = one->Find("moved 1:2")->options.key;
    MoveOn(1, zone, other);
    Tick();
    Tick();
    EXPECT_NE(one->Find("entered 1:2"), nullptr);
    EXPECT_EQ(other->Move(1, 3, kHere, clock.Now()), PostResult::Queued);
    Tick();
    EXPECT_GT(one->Find("moved 1:3")->options.key, key);
}

TEST_F(ZoneSwitchTest, MayLeadBackIntoTheSameZone) {
    const auto one = EnterAt(1, kHere);
    const auto two = EnterAt(2, SpawnPositionOf(1));
    (void)two->News();
    MoveOn(1, zone, zone);
    Tick();
    Tick();
    EXPECT_EQ(one->view.Zone(), 1U);
    EXPECT_EQ(one->view.Seen().count(1), 1U);
    EXPECT_EQ(one->view.Complaints(), News{});
    EXPECT_EQ(two->view.Seen().count(1), 1U);
    EXPECT_EQ(two->view.Complaints(), News{});
    EXPECT_EQ(zone->Totals().entered, 3U);
}

TEST_F(ZoneSwitchTest, EndsWithWhoLeavesOnTheWay) {
    const auto before = EnterAt(1, kHere);
    const auto after = EnterAt(2, kHere);
    (void)before->News();
    MoveOn(1, zone, other);
    MoveOn(2, zone, other);
    before->hasLeft = true;
    zone->Leave(1);
    Tick();
    after->hasLeft = true;
    other->Leave(2);
    Tick();
    Tick();
    EXPECT_EQ(before->News(), News{});
    EXPECT_EQ(other->Totals().entered, 0U);
    EXPECT_EQ(zone->Totals().left, 2U);
    EXPECT_EQ(before->refused + after->refused, 0);
}

TEST_F(ZoneSwitchTest, TellsTheLinkWhenTheNextZoneIsFullOrClosed) {
    servercore::ManualExecutor idle;
    const auto full = std::make_shared<Zone>(3, idle, clock, buffers, log, ZoneConfig{.jobs = {.maxJobs = 1}});
    EXPECT_EQ(full->Refresh(9), PostResult::Queued);
    const auto one = EnterAt(1, kHere);
    const auto two = EnterAt(2, kHere);
    MoveOn(1, zone, full);
    other->Close();
    MoveOn(2, zone, other);
    Tick();
    EXPECT_EQ(one->refused, 1);
    EXPECT_EQ(two->refused, 1);
    EXPECT_EQ(zone->Totals().left, 2U);
    idle.RunAll();
}

}  // namespace

}  // namespace game::test
