// Bots whose connections fail, end, and begin again.
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "tests/Unit/LoadKit/RoomTest.h"

namespace loadtest::test {
namespace {

using namespace std::chrono_literals;
using servercore::CloseReason;

using BotConnections = RoomTest;

std::string Key(CloseReason reason) {
    return std::string(servercore::ToString(reason));
}

BotTask ConnectAndSayWhyNot(RoomBot& bot, Diary& diary) {
    try {
        co_await bot.Connect();
        diary.Note("connected");
    } catch (const BotDisconnected& problem) {
        diary.Note(problem.what());
    }
    // The bot goes on, and the failure is told once.
    const bool isAwake = co_await bot.Sleep(1s);
    diary.Note(isAwake ? "slept" : "told to leave");
}

TEST_F(BotConnections, ThatNobodyAnswersThrowAndAreCounted) {
    ConnectTo(DeadAddress());
    BeginOne(&ConnectAndSayWhyNot);
    ASSERT_TRUE(Await("disconnected: " + Key(CloseReason::ConnectFailed)));
    Advance(1s);
    ASSERT_TRUE(Await("slept"));
    EXPECT_EQ(board.connects.load(), 1U);
    EXPECT_EQ(board.connectsFailed.load(), 1U);
    EXPECT_EQ(board.connected.load(), 0U);
    EXPECT_EQ(board.WhyUnreachable(), std::errc::connection_refused);
    EXPECT_EQ(board.UnexpectedDisconnects(), 1U);
    EXPECT_EQ(population->Look().finished, 1U);
}

TEST_F(BotConnections, ThatCannotEvenBeTriedCountTheSame) {
    ConnectFrom(servercore::NetAddress::Loopback(servercore::AddressFamily::IPv6, 0));  // the server is no such neighbour
    BeginOne(&ConnectAndSayWhyNot);
    ASSERT_TRUE(Await("disconnected: " + Key(CloseReason::ConnectFailed)));
    EXPECT_EQ(board.connects.load(), 1U);
    EXPECT_EQ(board.connectsFailed.load(), 1U);
    EXPECT_EQ(board.UnexpectedDisconnects(), 1U);
    EXPECT_EQ(board.Disconnects(), (Counts{{Key(CloseReason::ConnectFailed), 1}}));
    EXPECT_EQ(board.Problems().size(), 1U);
    Advance(1s);
    EXPECT_TRUE(Await("slept"));
}

BotTask ConnectOnly(RoomBot& bot, Diary& /*diary*/) {
    co_await bot.Connect();
}

TEST_F(BotConnections, WhoDoesNotCatchItsFailureHasFailed) {
    ConnectTo(DeadAddress());
    BeginOne(&ConnectOnly);
    ASSERT_TRUE(AwaitEnd());
    EXPECT_EQ(population->Look().Gone(), 1U);
    EXPECT_TRUE(population->Errors().empty());  // the board has it
    EXPECT_EQ(population->Finish().botsFailed, 1U);
}

BotTask LoseItWhileExpecting(RoomBot& bot, Diary& diary) {
    for (const room::Wish wish : {room::CLOSE, room::RESET}) {
        co_await bot.Connect();
        bot.Ask(wish);
        try {
            (void)co_await bot.Expect<room::S_Answer>(1h);
        } catch (const BotDisconnected&) {
            diary.Note("gone");
        }
    }
}

BotTask LoseItWhileSleeping(RoomBot& bot, Diary& diary) {
    for (const room::Wish wish : {room::CLOSE, room::RESET}) {
        co_await bot.Connect();
        bot.Ask(wish);
        try {
            (void)co_await bot.Sleep(1h);
        } catch (const BotDisconnected&) {
            diary.Note("gone");
        }
    }
}

BotTask LoseItBetweenTurns(RoomBot& bot, Diary& diary) {
    for (const room::Wish wish : {room::CLOSE, room::RESET}) {
        co_await bot.Connect();
        bot.Ask(wish);
        try {
            (void)co_await bot.NextTurn();
        } catch (const BotDisconnected&) {
            diary.Note("gone");
        }
    }
}

TEST_F(BotConnections, ThatTheServerEndsAreNoticedInEachWait) {
    for (const Play play : {&LoseItWhileExpecting, &LoseItWhileSleeping, &LoseItBetweenTurns}) {
        const std::size_t before = diary.Count("gone");
        BeginOne(play);
        EXPECT_TRUE(Await("gone", before + 2));
        EXPECT_TRUE(AwaitEnd());
        EXPECT_EQ(population->Look().finished, 1U);
        ASSERT_TRUE(world.bell.WaitUntil([&] { return service.SessionCount() == 0; }));
    }
    EXPECT_EQ(board.UnexpectedDisconnects(), 6U);
    EXPECT_EQ(board.connected.load(), 6U);
    EXPECT_EQ(board.connectsFailed.load(), 0U);
}

BotTask LoseItWhileBusyElsewhere(RoomBot& bot, Diary& diary) {
    co_await bot.Connect();
    bot.Ask(room::CLOSE);
    try {
        (void)co_await bot.Sleep(1h);
    } catch (const BotDisconnected&) {
        diary.Note("gone");
    }
    bot.Ask(room::ANSWER);  // to nobody
    (void)co_await bot.Expect<room::S_Answer>(1h);
}

TEST_F(BotConnections, AreNeededToExpectAnything) {
    BeginOne(&LoseItWhileBusyElsewhere);
    ASSERT_TRUE(AwaitEnd());
    EXPECT_EQ(population->Errors(), (Counts{{"a packet was expected without a connection", 1}}));
}

template <void (BotBase::*End)()>
BotTask EndAndConnectAgain(RoomBot& bot, Diary& diary) {
    co_await bot.Connect();
    bot.Ask(room::HOLD, 1);
    (void)co_await bot.Sleep(1s);
    (bot.*End)();
    diary.Note("ended");
    (void)co_await bot.Sleep(1s);
    co_await bot.Connect();
    bot.Ask(room::ANSWER, 2);
    const auto answer = co_await bot.Expect<room::S_Answer>(1h);
    diary.Note("answer " + std::to_string(answer.number()));
}

TEST_F(BotConnections, CanBeEndedAndMadeAgain) {
    for (const Play play : {&EndAndConnectAgain<&BotBase::Disconnect>, &EndAndConnectAgain<&BotBase::Reset>}) {
        const std::size_t before = diary.Count("ended");
        BeginOne(play);
        ASSERT_TRUE(AwaitHeld(1));
        Advance(1s);
        ASSERT_TRUE(Await("ended", before + 1));
        Release();  // on the connection that is given up
        Advance(1s);
        EXPECT_TRUE(Await("answer 2", before + 1));
        EXPECT_TRUE(AwaitEnd());
        ASSERT_TRUE(world.bell.WaitUntil([&] { return service.SessionCount() == 0; }));
    }
    EXPECT_EQ(diary.Count("answer 1"), 0U);
    EXPECT_EQ(board.UnexpectedDisconnects(), 0U);
    EXPECT_EQ(board.connected.load(), 4U);
    EXPECT_EQ(board.Disconnects(), (Counts{{Key(CloseReason::LocalClose), 4}}));
}

BotTask ConnectTwice(RoomBot& bot, Diary& diary) {
    co_await bot.Connect();
    bot.Ask(room::HOLD, 1);
    co_await bot.Connect();
    bot.Ask(room::ANSWER, 2);
    const auto answer = co_await bot.Expect<room::S_Answer>(1h);
    diary.Note("answer " + std::to_string(answer.number()));
}

TEST_F(BotConnections, GiveWayToTheNext) {
    BeginOne(&ConnectTwice);
    EXPECT_TRUE(Await("answer 2"));
    EXPECT_TRUE(AwaitEnd());
    EXPECT_EQ(board.UnexpectedDisconnects(), 0U);
    EXPECT_EQ(board.connected.load(), 2U);
}

}  // namespace
}  // namespace loadtest::test
