// Packets: who waits for them, who else hears of them, and what is wrong with them.
#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

#include "tests/Unit/LoadKit/RoomTest.h"

namespace loadtest::test {
namespace {

using namespace std::chrono_literals;

using BotPackets = RoomTest;

BotTask AskTwice(RoomBot& bot, Diary& diary) {
    co_await bot.Connect();
    bot.Ask(room::ANSWER_TWICE, 10);
    const auto first = co_await bot.Expect<room::S_Answer>(1h);
    const auto second = co_await bot.Expect<room::S_Answer>(1h);
    diary.Note(std::to_string(first.number()) + " and " + std::to_string(second.number()));
}

TEST_F(BotPackets, AreExpectedInTheirOrder) {
    BeginOne(&AskTwice);
    ASSERT_TRUE(Await("10 and 11"));
    ASSERT_TRUE(AwaitEnd());
    EXPECT_EQ(population->Look().deliveries, 2U);
    EXPECT_EQ(population->Look().traffic.packetsIn, 2U);
    EXPECT_EQ(population->Look().traffic.packetsOut, 1U);
}

BotTask HearNews(RoomBot& bot, Diary& diary) {
    bot.On<room::S_News>([&diary](const room::S_News& news) { diary.Note("news " + std::to_string(news.number())); });
    co_await bot.Connect();
    bot.Ask(room::TELL_THEN_ANSWER, 1);
    const auto answer = co_await bot.Expect<room::S_Answer>(1h);
    diary.Note("answer " + std::to_string(answer.number()));
    bot.Ask(room::TELL_THEN_ANSWER, 2);
    const auto news = co_await bot.Expect<room::S_News>(1h);
    diary.Note("awaited news " + std::to_string(news.number()));
    (void)co_await bot.Expect<room::S_Answer>(1h);
    bot.On<room::S_News>([&diary](const room::S_News&) { diary.Note("the later handler"); });
    bot.Ask(room::TELL_THEN_ANSWER, 3);
    (void)co_await bot.Expect<room::S_Answer>(1h);
    diary.Note("end");
}

TEST_F(BotPackets, ThatNobodyAwaitsGoToTheLatestHandlerOfTheirKind) {
    BeginOne(&HearNews);
    ASSERT_TRUE(Await("end"));
    EXPECT_EQ(diary.Notes(), (std::vector<std::string>{"news 1", "answer 1", "awaited news 2", "the later handler", "end"}));
}

BotTask IgnoreNews(RoomBot& bot, Diary& diary) {
    co_await bot.Connect();
    bot.Ask(room::TELL_THEN_ANSWER, 1);
    bot.Ask(room::TELL_NONSENSE);
    bot.Ask(room::ANSWER, 2);
    (void)co_await bot.Expect<room::S_Answer>(1h);
    (void)co_await bot.Expect<room::S_Answer>(1h);
    diary.Note("end");
}

TEST_F(BotPackets, ThatNobodyWantsAreIgnored) {
    BeginOne(&IgnoreNews);
    ASSERT_TRUE(Await("end"));
    ASSERT_TRUE(AwaitEnd());
    EXPECT_EQ(population->Look().deliveries, 2U);
    EXPECT_EQ(population->Look().finished, 1U);
}

BotTask WaitInVain(RoomBot& bot, Diary& diary) {
    co_await bot.Connect();
    bot.Ask(room::SAY_NOTHING);
    diary.Note("asked");
    (void)co_await bot.Expect<room::S_Answer>(500ms);
}

TEST_F(BotPackets, ThatDoNotComeInTimeEndTheBotAndAreCounted) {
    BeginOne(&WaitInVain);
    ASSERT_TRUE(Await("asked"));
    EXPECT_FALSE(population->HaveAllArrived());
    Advance(499ms);
    EXPECT_EQ(population->Look().online, 1U);
    Advance(10ms);
    EXPECT_EQ(population->Look().Gone(), 1U);
    EXPECT_EQ(population->Errors(), (Counts{{"no S_Answer within 500ms", 1}}));
    EXPECT_EQ(population->Look().errors, 1U);
    EXPECT_TRUE(population->HaveAllArrived());
    const PopulationResult result = population->Finish();
    EXPECT_EQ(result.botsFailed, 1U);
    EXPECT_EQ(result.botsPassed, 0U);
}

BotTask WaitInVainAndGoOn(RoomBot& bot, Diary& diary) {
    co_await bot.Connect();
    bot.Ask(room::SAY_NOTHING);
    try {
        diary.Note("asked");
        (void)co_await bot.Expect<room::S_Answer>(500ms);
    } catch (const BotTimedOut& problem) {
        diary.Note(problem.what());
    }
    bot.Ask(room::ANSWER, 5);
    (void)co_await bot.Expect<room::S_Answer>(500ms);
    diary.Note("answered");
}

TEST_F(BotPackets, ThatDoNotComeMayBeDoneWithout) {
    BeginOne(&WaitInVainAndGoOn);
    ASSERT_TRUE(Await("asked"));
    Advance(510ms);
    EXPECT_TRUE(Await("no S_Answer within 500ms"));
    ASSERT_TRUE(Await("answered"));
    ASSERT_TRUE(AwaitEnd());
    EXPECT_TRUE(population->Errors().empty());
}

constexpr int kRounds = 100;

// Each question is answered in the moment when the bot gives up waiting.
BotTask WaitForALateAnswer(RoomBot& bot, Diary& diary) {
    co_await bot.Connect();
    int answers = 0;
    int given = 0;
    for (int round = 0; round < kRounds; ++round) {
        bot.Ask(room::HOLD, static_cast<std::uint64_t>(round));
        diary.Note("round");
        try {
            (void)co_await bot.Expect<room::S_Answer>(10ms);
            ++answers;
        } catch (const BotTimedOut&) {
            ++given;
        }
        diary.Note("over");
        (void)co_await bot.Sleep(1s);
    }
    diary.Note("rounds " + std::to_string(answers + given));
}

TEST_F(BotPackets, InTheMomentOfTheTimeOutAreEitherInTimeOrLate) {
    BeginOne(&WaitForALateAnswer);
    for (std::size_t round = 1; round <= kRounds; ++round) {
        ASSERT_TRUE(Await("round", round));
        ASSERT_TRUE(AwaitHeld(1));
        std::thread answer([this] { Release(); });
        Advance(20ms);
        answer.join();
        // The bot sleeps from then on; what comes now is late.
        ASSERT_TRUE(Await("over", round));
        Advance(2s);
    }
    EXPECT_TRUE(Await("rounds " + std::to_string(kRounds)));
    ASSERT_TRUE(AwaitEnd());
    EXPECT_EQ(population->Look().finished, 1U);
}

BotTask ExpectNonsense(RoomBot& bot, Diary& /*diary*/) {
    co_await bot.Connect();
    bot.Ask(room::ANSWER_NONSENSE);
    (void)co_await bot.Expect<room::S_Answer>(1h);
}

BotTask HandleNonsense(RoomBot& bot, Diary& diary) {
    bot.On<room::S_News>([&diary](const room::S_News&) { diary.Note("never"); });
    co_await bot.Connect();
    bot.Ask(room::TELL_NONSENSE);
    (void)co_await bot.Sleep(1h);
}

TEST_F(BotPackets, ThatAreMalformedEndTheBot) {
    BeginOne(&ExpectNonsense);
    ASSERT_TRUE(AwaitEnd());
    EXPECT_EQ(population->Errors(), (Counts{{"malformed S_Answer", 1}}));
    ASSERT_TRUE(world.bell.WaitUntil([&] { return service.SessionCount() == 0; }));

    BeginOne(&HandleNonsense);
    ASSERT_TRUE(AwaitEnd());
    EXPECT_EQ(population->Errors(), (Counts{{"malformed S_News", 1}}));
    EXPECT_EQ(population->Look().Gone(), 1U);
    EXPECT_EQ(diary.Count("never"), 0U);
    EXPECT_EQ(board.UnexpectedDisconnects(), 0U);
}

BotTask HandleWithBotFailed(RoomBot& bot, Diary& /*diary*/) {
    bot.On<room::S_News>([](const room::S_News&) { throw BotFailed("bad news"); });
    co_await bot.Connect();
    bot.Ask(room::TELL_THEN_ANSWER);
    (void)co_await bot.Sleep(1h);
}

BotTask HandleWithAnotherException(RoomBot& bot, Diary& /*diary*/) {
    bot.On<room::S_News>([](const room::S_News&) { throw std::out_of_range("no such room"); });
    co_await bot.Connect();
    bot.Ask(room::TELL_THEN_ANSWER);
    (void)co_await bot.Expect<room::S_Answer>(1h);
}

BotTask HandleWithNoException(RoomBot& bot, Diary& /*diary*/) {
    bot.On<room::S_News>([](const room::S_News&) { throw 42; });
    co_await bot.Connect();
    bot.Ask(room::TELL_THEN_ANSWER);
    (void)co_await bot.NextTurn();
}

TEST_F(BotPackets, WhoseHandlerThrowsEndTheBotWithThatReason) {
    const std::pair<Play, std::string> plays[] = {
        {&HandleWithBotFailed, "bad news"}, {&HandleWithAnotherException, "no such room"}, {&HandleWithNoException, "unknown exception"}};
    for (const auto& [play, reason] : plays) {
        BeginOne(play);
        ASSERT_TRUE(AwaitEnd());
        EXPECT_EQ(population->Errors(), (Counts{{reason, 1}}));
        EXPECT_EQ(population->Look().Gone(), 1U);
        ASSERT_TRUE(world.bell.WaitUntil([&] { return service.SessionCount() == 0; }));
    }
    EXPECT_EQ(board.UnexpectedDisconnects(), 0U);
}

// Handlers may do what the coroutine may.
BotTask ResetInAHandler(RoomBot& bot, Diary& diary) {
    bot.On<room::S_News>([&bot, &diary](const room::S_News&) {
        bot.On<room::S_News>([](const room::S_News&) {});
        bot.Reset();
        diary.Note("reset");
    });
    co_await bot.Connect();
    bot.Ask(room::TELL_THEN_ANSWER);
    diary.Note((co_await bot.Sleep(1s)) ? "slept" : "told to leave");
    co_await bot.Connect();
    bot.Ask(room::ANSWER);
    (void)co_await bot.Expect<room::S_Answer>(1h);
    diary.Note("end");
}

TEST_F(BotPackets, MayMakeAHandlerReplaceItselfAndEndTheConnection) {
    BeginOne(&ResetInAHandler);
    ASSERT_TRUE(Await("reset"));
    Advance(1100ms);
    ASSERT_TRUE(Await("end"));
    ASSERT_TRUE(AwaitEnd());
    EXPECT_EQ(board.UnexpectedDisconnects(), 0U);
}

}  // namespace
}  // namespace loadtest::test
