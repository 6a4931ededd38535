#include "GameServer/World/Zone.h"

#include "GameServer/World/SpawnPosition.h"
#include "tests/Unit/Game/ZoneFixture.h"

namespace game::test {

namespace {

constexpr Position kHere{.x = 100, .y = 100};
constexpr Position kBeside{.x = 2600, .y = 100};  // in sight of here, and of there
constexpr Position kThere{.x = 5100, .y = 100};

using ZoneTest = ZoneFixture;

TEST_F(ZoneTest, TellsANewcomerTheZoneAndThenWhoIsInSight) {
    const auto one = EnterAt(1, SpawnPositionOf(3));
    const auto two = EnterAt(2, {.x = -SpawnPositionOf(3).x, .y = -SpawnPositionOf(3).y});
    (void)one->News();
    (void)two->News();
    const auto three = Enter(3, zone);
    EXPECT_EQ(three->News(), (News{"zone 1 of 3", "entered 1:1 3:0"}));
    EXPECT_EQ(three->view.Own(), SpawnPositionOf(3));
    EXPECT_EQ(one->News(), News{"entered 3:0"});
    EXPECT_EQ(two->News(), News{}) << "it is too far away";
    EXPECT_EQ(three->enteredAt, std::vector<std::size_t>{0});
    Tick();
    EXPECT_EQ(three->News(), News{});
    EXPECT_EQ(three->enteredAt.size(), 1U);
}

TEST_F(ZoneTest, TellsANewcomerItsNumbers) {
    const auto link = Enter(1, zone);
    protocol::S_ZoneEntered message;
    const auto body = link->packets[0].buffer->Bytes().subspan(4);
    ASSERT_TRUE(message.ParseFromArray(body.data(), static_cast<int>(body.size())));
    EXPECT_EQ(message.tick_ms(), 50U);
    EXPECT_EQ(message.cell_size(), 2500U);
    EXPECT_EQ(message.max_speed(), 0U);
}

TEST_F(ZoneTest, TellsLeftEnteredChatsCorrectionAndMovesInThisOrder) {
    const auto one = EnterAt(1, kHere);
    const auto goes = EnterAt(2, kHere);
    const auto comes = EnterAt(3, kThere);
    const auto stays = EnterAt(4, kHere);
    (void)one->News();

    Walk(4, 2, kHere);
    Walk(1, 2, {.x = 101, .y = 100});
    Walk(1, 3, {.x = 10'001, .y = 0});
    Walk(1, 4, {.x = 102, .y = 100});
    Say(4, 1, "hello");
    Walk(2, 2, kThere);
    Walk(3, 2, kHere);
    Say(2, 1, "bye");
    Tick();
    EXPECT_EQ(one->News(), (News{"left 2", "entered 3:2", "chat 1 of p4 1: hello", "chat 2 of p2 1: bye", "corrected 4", "moved 4:2"}));
    EXPECT_EQ(one->view.Own(), (Position{.x = 102, .y = 100}));
    EXPECT_EQ(one->view.Complaints(), News{});
}

TEST_F(ZoneTest, MakesOneMoveOfSeveralWithinATickAndOnePacketForAll) {
    const auto one = EnterAt(1, kHere);
    const auto two = EnterAt(2, kHere);
    const auto away = EnterAt(3, kThere);
    (void)one->News();
    (void)two->News();
    (void)away->News();
    Walk(1, 2, {.x = 101, .y = 100});
    Walk(1, 3, {.x = 102, .y = 100});
    Tick();
    EXPECT_EQ(one->News(), News{"moved 1:3"});
    EXPECT_EQ(two->News(), News{"moved 1:3"});
    EXPECT_EQ(away->News(), News{});
    EXPECT_EQ(&*one->packets.back().buffer, &*two->packets.back().buffer);
    EXPECT_EQ(two->view.Seen().at(1), (Position{.x = 102, .y = 100}));
    EXPECT_EQ(zone->Totals().moves, 5U);
}

TEST_F(ZoneTest, SharesWhatSeveralSeeComeAndGo) {
    const auto one = EnterAt(1, kHere);
    const auto two = EnterAt(2, kHere);
    const auto three = EnterAt(3, kThere);
    Walk(3, 2, kBeside);
    Tick();
    EXPECT_EQ(&*one->Find("entered 3:2")->buffer, &*two->Find("entered 3:2")->buffer);
    Walk(3, 3, kThere);
    Tick();
    EXPECT_EQ(&*one->Find("left 3")->buffer, &*two->Find("left 3")->buffer);
}

TEST_F(ZoneTest, NumbersItsChatsForEverybodyAndTellsNewcomersWhereTheyBegin) {
    const auto one = EnterAt(1, kHere);
    const auto away = EnterAt(2, {.x = -9000, .y = -9000});
    Say(1, 1, "a");
    Say(2, 1, "b");
    Tick();
    Say(1, 2, "c");
    const auto late = Enter(3, zone);  // in the tick that tells it
    EXPECT_EQ(late->view.ChatNumber(), 3U);
    EXPECT_EQ(away->view.ChatNumber(), 3U);
    for (const auto& link : {one, away, late}) {
        EXPECT_EQ(link->view.Complaints(), News{});
        EXPECT_NE(link->Find("chat 3 of p1 2: c"), nullptr);
    }
    EXPECT_EQ(late->Find("chat 2 of p2 1: b"), nullptr);
    EXPECT_EQ(&*one->packets.back().buffer, &*away->packets.back().buffer);
    EXPECT_EQ(zone->Totals().chats, 3U);
    EXPECT_EQ(zone->Totals().deliveries, 2U * 2 + 3 + 2) << "and two moves";
}

TEST_F(ZoneTest, IgnoresWhatComesForAPlayerThatIsNotThere) {
    const auto one = EnterAt(1, kHere);
    (void)one->News();
    Walk(9, 1, kHere);
    Say(9, 1, "hello");
    EXPECT_EQ(zone->Refresh(9), PostResult::Queued);
    EXPECT_EQ(zone->MoveOn(9, other), PostResult::Queued);
    zone->Leave(9);
    Tick();
    EXPECT_EQ(one->News(), News{});
    EXPECT_EQ(zone->Totals().jobsFailed, 0U);
    EXPECT_EQ(zone->Totals().left, 0U);
}

TEST_F(ZoneTest, ForgetsWhoLeavesAndTellsThoseWhoSawIt) {
    const auto one = EnterAt(1, kHere);
    const auto goes = EnterAt(2, kHere);
    (void)one->News();
    (void)goes->News();
    Say(2, 1, "bye");
    goes->hasLeft = true;
    zone->Leave(2);
    Tick();
    EXPECT_EQ(one->News(), (News{"left 2", "chat 1 of p2 1: bye"}));
    EXPECT_EQ(goes->News(), News{});
    EXPECT_EQ(zone->Totals().left, 1U);
    EXPECT_EQ(zone->Totals().present, 1U);
}

TEST_F(ZoneTest, NeverTakesInWhoHasLeftBeforeItsTick) {
    const auto early = MakeLink(1);
    early->hasLeft = true;
    zone->Leave(1);
    EXPECT_EQ(zone->Enter(InfoOf(1), early), PostResult::Queued);
    Tick();
    const auto late = MakeLink(2);
    EXPECT_EQ(zone->Enter(InfoOf(2), late), PostResult::Queued);
    executor.RunAll();
    late->hasLeft = true;
    Tick();
    EXPECT_EQ(early->News(), News{});
    EXPECT_EQ(late->News(), News{});
    EXPECT_EQ(zone->Totals().entered, 0U);
    EXPECT_EQ(zone->Totals().present, 0U);
}

TEST_F(ZoneTest, RefreshesWhoeverStandsStillToo) {
    const auto one = EnterAt(1, kHere);
    const auto two = EnterAt(2, kHere);
    const auto away = EnterAt(3, kThere);
    (void)one->News();
    (void)two->News();
    EXPECT_EQ(zone->Refresh(1), PostResult::Queued);
    Tick();
    EXPECT_EQ(one->News(), (News{"moved 1:1", "moved 2:1"}));
    EXPECT_EQ(two->News(), News{});
    Tick();
    EXPECT_EQ(one->News(), News{});
}

TEST_F(ZoneTest, GivesMovesAKeyThatIsFreshForEachTimeInSightAndAfterACorrection) {
    const auto one = EnterAt(1, kHere);
    const auto two = EnterAt(2, kHere);
    const auto keyOf = [&](const std::string& text) { return one->Find(text)->options.key; };
    Walk(1, 2, kHere);
    Walk(2, 2, kHere);
    Tick();
    Walk(1, 3, kHere);
    Walk(2, 3, kHere);
    Tick();
    EXPECT_EQ(one->Find("moved 2:3")->options.packetClass, servercore::PacketClass::Latest);
    EXPECT_EQ(keyOf("moved 2:2"), keyOf("moved 2:3"));
    EXPECT_EQ(keyOf("moved 1:2"), keyOf("moved 1:3"));
    EXPECT_NE(keyOf("moved 1:2"), keyOf("moved 2:2"));

    Walk(2, 4, kThere);
    Tick();
    Walk(2, 5, kHere);
    Walk(1, 4, {.x = 10'001, .y = 0});
    Tick();
    Walk(1, 5, kHere);
    Walk(2, 6, kHere);
    Tick();
    EXPECT_NE(keyOf("moved 2:3"), keyOf("moved 2:6"));
    EXPECT_NE(keyOf("moved 1:3"), keyOf("moved 1:5"));
}

TEST_F(ZoneTest, SaysInItsLastTickWhoHasLeftAndThenTakesNothingMore) {
    const auto one = EnterAt(1, kHere);
    const auto goes = EnterAt(2, kHere);
    (void)one->News();
    goes->hasLeft = true;
    zone->Leave(2);
    zone->Close();
    executor.RunAll();
    EXPECT_EQ(one->News(), News{"left 2"});
    EXPECT_EQ(zone->Enter(InfoOf(3), goes), PostResult::Closed);
    EXPECT_EQ(zone->Totals().present, 1U);
}

TEST_F(ZoneTest, CountsTicksThatBeginLate) {
    Tick(101ms);  // one at 50 ms, the next at 100 ms is missed
    EXPECT_EQ(zone->Totals().ticks, 1U);
    EXPECT_EQ(zone->Totals().lateTicks, 1U);
    EXPECT_EQ(zone->Totals().worstSlip, 51ms);
    Tick(49ms);
    EXPECT_EQ(zone->Totals().ticks, 2U);
    EXPECT_EQ(zone->Totals().lateTicks, 1U);
}

// --- Walking too fast --------------------------------------------------------------------------------------------------

class SlowZoneTest : public ZoneFixture {
protected:
    SlowZoneTest() : ZoneFixture({.maxSpeed = 1000}) {}

    [[nodiscard]] static Position By(Position from, std::int32_t x) { return {.x = from.x > 0 ? from.x - x : from.x + x, .y = from.y}; }

    const Position spawn = SpawnPositionOf(1);
};

TEST_F(SlowZoneTest, PutsWhoeverIsTooFastBackAndTellsNobodyElse) {
    const auto one = Enter(1, zone);
    const auto two = Enter(2, zone);
    (void)one->News();
    (void)two->News();
    Walk(1, 1, By(spawn, 2001));
    Walk(1, 2, By(spawn, 2051));
    Tick();
    EXPECT_EQ(one->News(), News{"corrected 2"});
    EXPECT_EQ(two->News(), News{});
    EXPECT_EQ(one->view.Own(), spawn);
    Walk(1, 3, By(spawn, 2000));
    Tick();
    EXPECT_EQ(one->News(), News{"moved 1:3"});
    EXPECT_EQ(one->view.Seen().at(1), By(spawn, 2000));
    EXPECT_EQ(zone->Totals().corrected, 1U);
    EXPECT_EQ(zone->Totals().moves, 1U);
}

TEST_F(SlowZoneTest, ConfirmsNoMoveThatACorrectionHasOvertaken) {
    const auto one = Enter(1, zone);
    (void)one->News();
    Walk(1, 1, By(spawn, 1000));
    Walk(1, 2, By(spawn, 9000));
    Tick();
    EXPECT_EQ(one->News(), News{"corrected 2"});
    EXPECT_EQ(one->view.Own(), By(spawn, 1000));
    EXPECT_EQ(zone->Refresh(1), PostResult::Queued);
    Tick();
    EXPECT_EQ(one->News(), News{});
}

TEST_F(SlowZoneTest, GoesByTheTimeAtWhichMovesCame) {
    const auto one = Enter(1, zone);
    (void)one->News();
    const servercore::TimePoint now = clock.Now();
    EXPECT_EQ(zone->Move(1, 1, By(spawn, 2000), now), PostResult::Queued);
    EXPECT_EQ(zone->Move(1, 2, By(spawn, 2500), now + 500ms), PostResult::Queued);
    Tick();
    EXPECT_EQ(one->News(), News{"moved 1:2"});
}

// --- Full --------------------------------------------------------------------------------------------------------------

class SmallZoneTest : public ZoneFixture {
protected:
    SmallZoneTest() : ZoneFixture({.maxSpeed = 0, .jobs = {.maxJobs = 4}}) {}

    void Fill() {
        while (zone->Move(99, 1, kHere, clock.Now()) == PostResult::Queued) {
        }
    }
};

TEST_F(SmallZoneTest, FindsOutByItselfWhoseLeaveDidNotFit) {
    const auto one = EnterAt(1, kHere);
    const auto goes = EnterAt(2, kHere);
    (void)one->News();
    Fill();
    goes->hasLeft = true;
    zone->Leave(2);
    executor.RunAll();
    Tick();
    EXPECT_EQ(one->News(), News{"left 2"});
    EXPECT_EQ(zone->Totals().left, 1U);
}

TEST_F(SmallZoneTest, SaysWhenItIsFull) {
    Fill();
    EXPECT_EQ(zone->Enter(InfoOf(1), MakeLink(1)), PostResult::Full);
    EXPECT_EQ(zone->Chat(1, 1, "hello"), PostResult::Full);
    EXPECT_EQ(zone->Refresh(1), PostResult::Full);
    EXPECT_EQ(zone->MoveOn(1, other), PostResult::Full);
}

}  // namespace

}  // namespace game::test
