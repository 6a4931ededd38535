// How bots begin, end, are told to leave, and give their places to others.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/Unit/LoadKit/RoomTest.h"

namespace loadtest::test {
namespace {

using namespace std::chrono_literals;

using BotLives = RoomTest;

// A part of a coroutine's frame that says when it is gone.
class Witness {
public:
    explicit Witness(Diary& diary) : diary_(diary) {}
    Witness(const Witness&) = delete;
    Witness& operator=(const Witness&) = delete;
    ~Witness() { diary_.Note("frame gone"); }

private:
    Diary& diary_;
};

BotTask LeaveWhileSleeping(RoomBot& bot, Diary& diary) {
    co_await bot.Connect();
    diary.Note("waits");
    const bool isAwake = co_await bot.Sleep(1h);
    const bool isStillAwake = co_await bot.Sleep(1h);
    diary.Note(!isAwake && !isStillAwake ? "left" : "slept");
}

BotTask LeaveBetweenTurns(RoomBot& bot, Diary& diary) {
    co_await bot.Connect();
    diary.Note("waits");
    const std::optional<Turn> turn = co_await bot.NextTurn();
    const std::optional<Turn> other = co_await bot.NextTurn();
    diary.Note(!turn && !other ? "left" : "turn");
}

BotTask LeaveWhileExpecting(RoomBot& bot, Diary& diary) {
    co_await bot.Connect();
    bot.Ask(room::HOLD);
    diary.Note("waits");
    (void)co_await bot.Expect<room::S_Answer>(1h);  // what it is at
    diary.Note((co_await bot.Sleep(1h)) ? "slept" : "left");
}

TEST_F(BotLives, EndInEachWaitWhenTheyAreToldToLeave) {
    for (const Play play : {&LeaveWhileSleeping, &LeaveBetweenTurns, &LeaveWhileExpecting}) {
        const std::size_t before = diary.Count("left");
        BeginOne(play);
        ASSERT_TRUE(Await("waits", before + 1));
        population->Leave();
        if (play == &LeaveWhileExpecting) {
            ASSERT_TRUE(AwaitHeld(1));
            EXPECT_FALSE(population->HaveAllArrived());
            Release();
        }
        ASSERT_TRUE(Await("left", before + 1));
        ASSERT_TRUE(AwaitEnd());
        EXPECT_EQ(population->Look().finished, 1U);
        ASSERT_TRUE(world.bell.WaitUntil([&] { return service.SessionCount() == 0; }));
    }
    EXPECT_EQ(board.UnexpectedDisconnects(), 0U);
}

BotTask SleepAtOnce(RoomBot& bot, Diary& diary) {
    co_await bot.Connect();
    diary.Note((co_await bot.Sleep(1h)) ? "slept" : "left");
}

TEST_F(BotLives, GoThroughWithTheConnectThatTheyAreAt) {
    BeginOne(&SleepAtOnce);
    population->Leave();  // most likely before anybody has answered
    EXPECT_TRUE(Await("left"));
    EXPECT_TRUE(AwaitEnd());
    EXPECT_EQ(population->Look().finished, 1U);
}

BotTask ThrowAtOnce(RoomBot& /*bot*/, Diary& /*diary*/) {
    throw std::logic_error("boom");
    co_return;
}

BotTask ThrowOnline(RoomBot& bot, Diary& /*diary*/) {
    co_await bot.Connect();
    throw std::logic_error("boom");
}

BotTask ThrowNoException(RoomBot& bot, Diary& /*diary*/) {
    co_await bot.Connect();
    throw 42;
}

BotTask ThrowNoExceptionWhenWoken(RoomBot& bot, Diary& diary) {
    co_await bot.Connect();
    diary.Note("sleeps");
    (void)co_await bot.Sleep(1s);
    throw 42;
}

TEST_F(BotLives, EndWithWhateverTheyThrow) {
    for (const auto& [play, reason] :
         {std::pair<Play, std::string>{&ThrowAtOnce, "boom"}, {&ThrowOnline, "boom"}, {&ThrowNoException, "unknown exception"}}) {
        BeginOne(play);
        ASSERT_TRUE(AwaitEnd());
        EXPECT_EQ(population->Errors(), (Counts{{reason, 1}}));
        EXPECT_EQ(population->Finish().botsFailed, 1U);
        ASSERT_TRUE(world.bell.WaitUntil([&] { return service.SessionCount() == 0; }));
    }
    EXPECT_EQ(board.UnexpectedDisconnects(), 0U);
}

// Nor does it end the run, on whose thread they wake.
TEST_F(BotLives, EndWithWhateverTheyThrowAfterASleep) {
    BeginOne(&ThrowNoExceptionWhenWoken);
    ASSERT_TRUE(Await("sleeps"));
    Advance(1100ms);
    ASSERT_TRUE(AwaitEnd());
    EXPECT_EQ(population->Errors(), (Counts{{"unknown exception", 1}}));
}

BotTask SendTooMuch(RoomBot& bot, Diary& /*diary*/) {
    co_await bot.Connect();
    room::C_Ask ask;
    ask.set_padding(std::string(100, 'x'));
    bot.Send(ask);
}

TEST_F(BotLives, EndWhenTheySendMoreThanAPacketMayHold) {
    BeginOne(&SendTooMuch);
    ASSERT_TRUE(AwaitEnd());
    EXPECT_EQ(population->Errors(), (Counts{{"C_Ask is larger than its packet may be", 1}}));
}

BotTask HearInAFrame(RoomBot& bot, Diary& diary) {
    const auto life = std::make_unique<std::string>("life " + std::to_string(diary.Count("life")));
    diary.Note("life");
    bot.On<room::S_News>([&text = *life, &diary](const room::S_News&) { diary.Note(text); });
    co_await bot.Connect();
    bot.Ask(room::TELL_THEN_ANSWER);
    (void)co_await bot.Expect<room::S_Answer>(1h);
    diary.Note("bot " + std::to_string(bot.Number()));
}

TEST_F(BotLives, GiveTheirPlacesToOthersWithoutTheirHandlers) {
    BeginOne(&HearInAFrame);
    ASSERT_TRUE(AwaitEnd());
    ASSERT_TRUE(world.bell.WaitUntil([&] { return service.SessionCount() == 0; }));
    ASSERT_TRUE(population->Join());
    ASSERT_TRUE(AwaitEnd());
    EXPECT_EQ(diary.Notes(), (std::vector<std::string>{"life", "life 0", "bot 0", "life", "life 1", "bot 0"}));
    EXPECT_EQ(population->Look().joined, 2U);
    EXPECT_EQ(population->Look().finished, 2U);
    EXPECT_EQ(population->Finish().botsPassed, 2U);
}

BotTask SayName(RoomBot& bot, Diary& diary) {
    diary.Note(bot.Name());
    diary.Note("draw " + std::to_string(bot.Random().Bits(0)));
    (void)co_await bot.Sleep(1h);
}

TEST_F(BotLives, HaveNamesAndDrawsOfTheirOwn) {
    Begin(&SayName);
    for (int bot = 0; bot < 50; ++bot) {
        ASSERT_TRUE(population->Join());
    }
    const std::vector<std::string> notes = diary.Notes();
    EXPECT_EQ(std::set<std::string>(notes.begin(), notes.end()).size(), 100U);
}

BotTask Suspend(RoomBot& bot, Diary& diary) {
    const Witness witness(diary);
    co_await bot.Connect();
    bot.Ask(room::HOLD);
    diary.Note("waits");
    (void)co_await bot.Expect<room::S_Answer>(1h);
}

TEST_F(BotLives, EndWhereTheyAreWhenThePopulationIsFinished) {
    Begin(&Suspend);
    for (int bot = 0; bot < 10; ++bot) {
        ASSERT_TRUE(population->Join());
    }
    ASSERT_TRUE(AwaitHeld(10));
    std::thread answer([this] { Release(); });  // meanwhile
    (void)population->Finish();
    answer.join();
    EXPECT_EQ(diary.Count("frame gone"), 10U);
    EXPECT_TRUE(world.bell.WaitUntil([&] { return service.SessionCount() == 0; }));
    Advance(2h);
    EXPECT_EQ(board.UnexpectedDisconnects(), 0U);
}

BotTask LookAround(RoomBot& bot, Diary& /*diary*/) {
    co_await bot.Connect();
    bot.Check("the room has a door", true);
    bot.Check("the room has a window", bot.Number() != 1);
}

TEST_F(BotLives, AddUpWhatTheyChecked) {
    Begin(&LookAround);
    for (int bot = 0; bot < 3; ++bot) {
        ASSERT_TRUE(population->Join());
    }
    ASSERT_TRUE(AwaitEnd());
    const PopulationResult result = population->Finish();
    ASSERT_EQ(result.checks.size(), 2U);
    EXPECT_EQ(result.checks[0].name, "the room has a door");
    EXPECT_EQ(result.checks[0].passed, 3U);
    EXPECT_EQ(result.checks[1].passed, 2U);
    EXPECT_EQ(result.checks[1].failed, 1U);
}

// Joins, leaves and answers at once, for ThreadSanitizer.
BotTask ComeAndGo(RoomBot& bot, Diary& /*diary*/) {
    const Turn begun = bot.StartNow();
    co_await bot.Connect();
    bot.Ask(room::ANSWER, 1);
    (void)co_await bot.Expect<room::S_Answer>(1h);
    bot.Answered("ask", begun);
    std::optional<Turn> turn = co_await bot.NextTurn();
    for (; turn; turn = co_await bot.NextTurn()) {
        bot.Ask(turn->number % 7 == 6 ? room::CLOSE : room::ANSWER, turn->number);
        (void)co_await bot.Expect<room::S_Answer>(1h);
        bot.Answered("ask", *turn);
    }
    bot.Reset();
}

TEST_F(BotLives, AreManyAtATimeOnSeveralThreads) {
    const std::size_t bots = servercore::test::Scaled(300, 60);
    Begin(&ComeAndGo);
    board.isMeasuring = true;
    population->BeginPlay(clock.Now());
    for (std::size_t joined = 0; joined < bots; ++joined) {
        ASSERT_TRUE(population->Join());
        if (joined % 3 == 2) {
            population->Leave();
        }
        Advance(20ms);
        (void)population->Look();
        (void)population->Errors();
    }
    population->EndPlay();
    population->LeaveAll();
    ASSERT_TRUE(AwaitEnd());
    const PopulationState state = population->Look();
    EXPECT_EQ(state.joined, bots);
    EXPECT_EQ(state.finished + state.Gone(), bots);
    EXPECT_TRUE(population->Errors().empty());
    EXPECT_EQ(board.UnexpectedDisconnects(), state.Gone());  // those whom the server closed
    EXPECT_TRUE(world.bell.WaitUntil([&] { return service.SessionCount() == 0; }));
}

}  // namespace
}  // namespace loadtest::test
