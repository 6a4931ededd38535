// What players may do: one session per account, whispers, zones, walking.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/Integration/Game/GameFixture.h"

namespace game::test {
namespace {

using protocol::SessionState;
using servercore::CloseInfo;

using Players = Game;

TEST_F(Players, ASecondLoginEndsTheFirstWithAReason) {
    const auto first = Visit({.name = "Ann"});
    ASSERT_TRUE(Await(*first, "sees Ann"));

    const auto second = Enter("Ann");

    ASSERT_TRUE(world.bell.WaitUntil([&] { return departed.load() == 1; }));
    EXPECT_EQ(first->Notices(), std::vector{protocol::DISCONNECT_REPLACED});
    EXPECT_EQ(server.PlayersOnline(), 1U);
    second->Chat("it is me");
    EXPECT_TRUE(Await(*second, "chat #1 Ann: it is me"));
}

TEST_F(Players, ManyLoginsWithOneNameLeaveOnePlayer) {
    constexpr std::size_t kLogins = 20;
    for (std::size_t i = 0; i < kLogins; ++i) {
        Visit({.name = "Ann"});
    }

    ASSERT_TRUE(world.bell.WaitUntil([&] { return departed.load() == kLogins - 1; })) << departed.load();
    EXPECT_TRUE(world.bell.WaitUntil([&] { return server.GetWorldTotals().present == 1 && server.PlayersOnline() == 1; }));
}

TEST_F(Players, WhisperThroughTheWholeWorld) {
    const auto ann = Enter("Ann", 1);
    const auto bob = Enter("Bob", 2);
    const auto cid = Enter("Cid", 1);

    ann->Whisper("Bob", "psst");
    ann->Whisper("Dan", "anybody?");
    bob->Whisper("Ann", "yes");

    EXPECT_TRUE(Await(*bob, "whisper Ann: psst"));
    EXPECT_TRUE(Await(*ann, "whisper 1: 1"));
    EXPECT_TRUE(Await(*ann, "whisper 2: 2"));
    EXPECT_TRUE(Await(*ann, "whisper Bob: yes"));
    EXPECT_TRUE(Await(*bob, "whisper 1: 1"));
    EXPECT_FALSE(cid->HasNoted("whisper Ann: psst"));
}

TEST_F(Players, HearTheChatOfTheirZoneOnly) {
    const auto ann = Enter("Ann", 1);
    const auto bob = Enter("Bob", 1);
    const auto cid = Enter("Cid", 2);

    ann->Chat("one");
    cid->Chat("two");
    bob->Chat("three");

    EXPECT_TRUE(Await(*ann, "chat #2 Bob: three"));
    EXPECT_TRUE(Await(*bob, "chat #1 Ann: one"));
    EXPECT_TRUE(Await(*cid, "chat #1 Cid: two"));
    EXPECT_FALSE(ann->HasNoted("chat #1 Cid: two"));
    EXPECT_FALSE(cid->HasNoted("chat #1 Ann: one"));
}

TEST_F(Players, WhoSwitchesZonesHearsTheOldOneToTheEndAndThenTheNewOne) {
    const auto ann = Enter("Ann", 1);
    const auto bob = Enter("Bob", 1);
    const auto cid = Enter("Cid", 2);

    ann->Chat("bye");
    ann->EnterZone(2);
    ASSERT_TRUE(Await(*ann, "in zone 2"));
    ann->Chat("hello");

    EXPECT_TRUE(Await(*bob, "chat #1 Ann: bye"));
    EXPECT_TRUE(Await(*cid, "chat #1 Ann: hello"));
    EXPECT_FALSE(bob->HasNoted("chat #1 Ann: hello"));
    EXPECT_FALSE(cid->HasNoted("chat #1 Ann: bye"));
    const std::vector<std::string> notes = ann->Notes();
    const auto bye = std::ranges::find(notes, "chat #1 Ann: bye");
    EXPECT_NE(bye, notes.end());
    EXPECT_NE(std::find(bye, notes.end(), "in zone 2"), notes.end());
}

TEST_F(Players, WhoEntersTheZoneItIsInStandsAtItsBeginning) {
    const auto ann = Enter("Ann");
    ann->EnterZone(1);
    ASSERT_TRUE(world.bell.WaitUntil([&] { return ann->CountNotes("in zone 1") == 2; }));
    ann->Walk(1, 1);
    EXPECT_TRUE(Await(*ann, "Ann moved 1"));
    EXPECT_TRUE(world.bell.WaitUntil([&] { return server.GetWorldTotals().present == 1; }));
}

TEST_F(Players, AreRefusedAZoneThatIsNone) {
    for (const std::uint32_t zone : {0U, static_cast<std::uint32_t>(config.zones) + 1, ~0U}) {
        const std::size_t before = departed.load();
        const auto visitor = Visit({.name = "Ann", .zone = zone});
        ASSERT_TRUE(world.bell.WaitUntil([&] { return departed.load() == before + 1; }));
        EXPECT_EQ(visitor->Notices(), std::vector{protocol::DISCONNECT_MALFORMED_PACKET}) << zone;
    }
}

TEST_F(Players, WhoWalksTooFastIsPutBackAndMayWalkOn) {
    const auto ann = Enter("Ann");

    ann->Walk(10, 10);
    ASSERT_TRUE(Await(*ann, "Ann moved 1"));
    // To the other half of the zone, on whichever side that is.
    protocol::C_Move far;
    far.set_sequence(2);
    far.set_x(10'000);
    far.set_y(-10'000);
    ann->Say(far);
    far.set_sequence(3);
    far.set_x(-10'000);
    far.set_y(10'000);
    ann->Say(far);
    ASSERT_TRUE(world.bell.WaitUntil([&] { return ann->HasNoted("corrected 2") || ann->HasNoted("corrected 3"); }));
    EXPECT_TRUE(Await(*ann, "corrected 3"));
    EXPECT_GT(server.GetWorldTotals().corrected, 0U);
}

// The way is closed for a packet that would come before the client knows where it stands; see Protocol/STANDARD.md.
class SlowWorld : public Players {
protected:
    SlowWorld() : slow_(*world.network, Settings(), world.clock, world.log) {
        EXPECT_FALSE(slow_.Start(servercore::NetAddress::Loopback(servercore::AddressFamily::IPv4, 0)));
    }

    // Nobody gets into a zone during the test.
    static GameServerConfig Settings() {
        GameServerConfig settings;
        settings.tick = std::chrono::seconds(10);
        return settings;
    }

    GameServer slow_;
};

TEST_F(SlowWorld, WhoIsEnteringMayPingAndLeaveAndNothingElse) {
    using servercore::PacketVerdict;
    std::atomic<bool> hasGone = false;
    auto visitor = std::make_shared<Visitor>(clients.Buffers(), Visitor::Plan{.name = "Ann",
                                                                              .goal = SessionState::Entering,
                                                                              .onEntered =
                                                                                  [](Visitor& self) {
                                                                                      self.Ping(0);
                                                                                      self.Chat("too early");
                                                                                      self.Walk(1, 1);
                                                                                      self.Leave();
                                                                                  },
                                                                              .onGone =
                                                                                  [&](Visitor&, const CloseInfo&) {
                                                                                      hasGone = true;
                                                                                      world.bell.Ring();
                                                                                  }});
    ASSERT_TRUE(clients.Connect(slow_.ListenAddress(), visitor));

    ASSERT_TRUE(world.bell.WaitUntil([&] { return hasGone.load() && slow_.PlayersOnline() == 0; }));
    EXPECT_EQ(slow_.GetOffences().Of(PacketVerdict::WrongState), 2U);
    EXPECT_TRUE(visitor->Notices().empty());
}

}  // namespace
}  // namespace game::test
