// A connection breaks, and the player comes back on another one.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "tests/Integration/Game/GameFixture.h"

namespace game::test {
namespace {

using servercore::CloseReason;

class Resume : public Game {
protected:
    explicit Resume(GameServerConfig settings = Settings()) : Game(std::move(settings)) {}

    static GameServerConfig Settings() {
        GameServerConfig config;
        config.packetsPerSecond = 0;  // chatting as fast as it goes
        config.resumeTime = std::chrono::hours(1);
        return config;
    }

    std::shared_ptr<Visitor> ComeBack(Visitor::Ticket ticket) { return Visit({.name = "", .resume = std::move(ticket)}); }
    // Both ends know it.
    void Break(Visitor& visitor) {
        const std::size_t before = departed.load();
        const std::uint64_t closed = server.GetLedger().sessionsClosed;
        visitor.Abort(CloseReason::LocalClose);
        ASSERT_TRUE(world.bell.WaitUntil([&] { return departed.load() == before + 1 && server.GetLedger().sessionsClosed == closed + 1; }));
    }
};

TEST_F(Resume, BringsWhatWasSaidMeanwhileOnceAndInOrder) {
    constexpr std::size_t kChats = 50;
    const auto ann = Enter("Ann");
    const auto bob = Enter("Bob");
    for (std::size_t i = 1; i <= kChats; ++i) {
        ann->Chat(fmt::format("mine {}", i));
    }
    ASSERT_TRUE(Await(*ann, "chat #1 Ann: mine 1"));
    for (std::size_t i = 1; i <= kChats; ++i) {
        bob->Chat(fmt::format("before {}", i));
    }
    ASSERT_NO_FATAL_FAILURE(Break(*ann));  // in the midst of it
    for (std::size_t i = 1; i <= kChats; ++i) {
        bob->Chat(fmt::format("meanwhile {}", i));
    }
    bob->Whisper("Ann", "where are you?");
    ASSERT_TRUE(Await(*bob, "whisper 1: 1"));

    const auto back = ComeBack(ann->GetTicket());
    ASSERT_TRUE(Await(*back, "whisper Bob: where are you?"));
    bob->Chat("the end");
    ASSERT_TRUE(Await(*back, fmt::format("chat #{} Bob: the end", 3 * kChats + 1)));

    // All notes of chats of the two connections together are numbered without a gap.
    std::size_t number = 0;
    for (const auto& visitor : {ann, back}) {
        for (const std::string& note : visitor->Notes()) {
            if (note.starts_with("chat ")) {
                EXPECT_TRUE(note.starts_with(fmt::format("chat #{} ", ++number))) << note;
            }
        }
    }
    EXPECT_EQ(number, 3 * kChats + 1);
    EXPECT_FALSE(bob->HasNoted("sees no Ann"));
    EXPECT_EQ(server.PlayersOnline(), 2U);
}

TEST_F(Resume, TellsWhatTheServerHasTakenSoThatTheRestIsSaidAgain) {
    const auto ann = Enter("Ann");
    ann->Chat("one");
    ann->Walk(1, 1);
    ann->Walk(1, 1);
    ASSERT_TRUE(Await(*ann, "Ann moved 2"));
    ASSERT_TRUE(Await(*ann, "chat #1 Ann: one"));
    ASSERT_NO_FATAL_FAILURE(Break(*ann));

    const auto back = ComeBack(ann->GetTicket());
    ASSERT_TRUE(Await(*back, "resumed 2 1 0 in zone 1"));
    back->Chat("two");
    EXPECT_TRUE(Await(*back, "chat #2 Ann: two"));
    EXPECT_FALSE(back->HasNoted("chat #1 Ann: one"));
}

TEST_F(Resume, ByAnotherConnectionEndsTheOneThatStillLives) {
    const auto ann = Enter("Ann");
    const auto back = ComeBack(ann->GetTicket());

    ASSERT_TRUE(Await(*back, "resumed 0 0 0 in zone 1"));
    ASSERT_TRUE(world.bell.WaitUntil([&] { return departed.load() == 1; }));
    EXPECT_EQ(ann->Notices(), std::vector{protocol::DISCONNECT_REPLACED});
    back->Chat("still here");
    EXPECT_TRUE(Await(*back, "chat #1 Ann: still here"));
    EXPECT_EQ(server.PlayersOnline(), 1U);
}

TEST_F(Resume, IsPossibleAgainAndAgain) {
    auto ann = Enter("Ann");
    for (std::size_t i = 1; i <= 10; ++i) {
        ASSERT_NO_FATAL_FAILURE(Break(*ann));
        ann = ComeBack(ann->GetTicket());
        ASSERT_TRUE(Await(*ann, fmt::format("resumed 0 {} 0 in zone 1", i - 1)));
        ann->Chat("again");
        ASSERT_TRUE(Await(*ann, fmt::format("chat #{} Ann: again", i)));
    }
}

TEST_F(Resume, IsRefusedToWhoHasNoTicket) {
    const auto ann = Enter("Ann");
    const Visitor::Ticket ticket = ann->GetTicket();
    const std::vector<Visitor::Ticket> forged = {
        {.token = "", .received = 0},
        {.token = std::string(16, '\0'), .received = 0},
        {.token = ticket.token.substr(1), .received = ticket.received},
        {.token = ticket.token, .received = ticket.received + 1'000'000},  // more than there were
        {.token = ticket.token, .received = ~std::uint64_t{0}},
    };
    for (const Visitor::Ticket& bad : forged) {
        const auto mallory = ComeBack(bad);
        EXPECT_TRUE(Await(*mallory, "resume refused"));
        mallory->Close();
    }
    ann->Chat("undisturbed");
    EXPECT_TRUE(Await(*ann, "chat #1 Ann: undisturbed"));
}

TEST_F(Resume, IsRefusedToWhoSaidFarewell) {
    const auto ann = Enter("Ann");
    ann->Leave();
    ASSERT_TRUE(world.bell.WaitUntil([&] { return server.PlayersOnline() == 0; }));
    EXPECT_TRUE(Await(*ComeBack(ann->GetTicket()), "resume refused"));
}

TEST_F(Resume, IsRefusedWhenMoreWasMissedThanIsKept) {
    constexpr std::size_t kChats = 1500;  // of 200 bytes, and 256 KiB are kept
    const auto ann = Enter("Ann");
    const auto bob = Enter("Bob");
    ASSERT_NO_FATAL_FAILURE(Break(*ann));
    for (std::size_t i = 0; i < kChats; ++i) {
        bob->Chat(std::string(200, 'x'));
        bob->Ping(bob->GetTicket().received);
    }
    ASSERT_TRUE(Await(*bob, fmt::format("chat #{} Bob: {}", kChats, std::string(200, 'x'))));

    EXPECT_TRUE(Await(*ComeBack(ann->GetTicket()), "resume refused"));

    ASSERT_NO_FATAL_FAILURE(Break(*bob));
    EXPECT_TRUE(Await(*ComeBack(bob->GetTicket()), fmt::format("resumed 0 {} 0 in zone 1", kChats)))
        << "who has got everything may come back";
}

TEST_F(Resume, AnAcknowledgementOfMoreThanWasSentBreaksTheRules) {
    const auto ann = Enter("Ann");
    ann->Ping(1'000'000);
    ASSERT_TRUE(world.bell.WaitUntil([&] { return departed.load() == 1; }));
    EXPECT_EQ(ann->Notices(), std::vector{protocol::DISCONNECT_MALFORMED_PACKET});
    EXPECT_EQ(server.PlayersOnline(), 0U);
}

// Nobody gets into a zone during the test.
class ResumeOnTheWayIn : public Resume {
protected:
    ResumeOnTheWayIn() : Resume(SlowSettings()) {}

    static GameServerConfig SlowSettings() {
        GameServerConfig config = Settings();
        config.tick = std::chrono::seconds(10);
        return config;
    }
};

TEST_F(ResumeOnTheWayIn, TellsWhereThePlayerGoes) {
    Visitor::Plan plan{.name = "Ann", .zone = 3, .goal = protocol::SessionState::Entering};
    plan.onEntered = [](Visitor& self) { self.Ping(0); };
    std::atomic<bool> hasAnswer = false;
    plan.onPong = [&](Visitor&) {
        hasAnswer = true;
        world.bell.Ring();
    };
    const auto ann = Visit(plan);
    ASSERT_TRUE(world.bell.WaitUntil([&] { return hasAnswer.load(); }));
    ASSERT_NO_FATAL_FAILURE(Break(*ann));

    const auto back = ComeBack(ann->GetTicket());
    EXPECT_TRUE(Await(*back, "resumed 0 0 0 in zone 3"));
}

class ShortResume : public Resume {
protected:
    ShortResume() : Resume(ShortSettings()) {}

    static GameServerConfig ShortSettings() {
        GameServerConfig config = Settings();
        config.resumeTime = std::chrono::seconds(1);
        return config;
    }
};

TEST_F(ShortResume, WhoDoesNotComeBackIsGone) {
    const auto ann = Enter("Ann");
    const auto bob = Enter("Bob");
    ASSERT_NO_FATAL_FAILURE(Break(*ann));

    ASSERT_TRUE(world.bell.WaitUntil([&] { return server.PlayersOnline() == 1; }));
    EXPECT_TRUE(world.bell.WaitUntil([&] { return server.GetWorldTotals().present == 1; }));
    EXPECT_TRUE(Await(*ComeBack(ann->GetTicket()), "resume refused"));
    bob->Chat("alone");
    EXPECT_TRUE(Await(*bob, "chat #1 Bob: alone"));
}

}  // namespace
}  // namespace game::test
