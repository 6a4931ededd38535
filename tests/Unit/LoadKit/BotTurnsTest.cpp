// Messages of the schedule: when they are due, and how late they are counted.
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "tests/Unit/LoadKit/RoomTest.h"

namespace loadtest::test {
namespace {

using namespace std::chrono_literals;
using servercore::TimePoint;

class BotTurns : public RoomTest {
protected:
    // So often it has been its turn.
    [[nodiscard]] std::size_t Taken() const { return diary.Count("turn"); }
};

BotTask Count(RoomBot& bot, Diary& diary) {
    co_await bot.Connect();
    diary.Note("connected");
    std::optional<Turn> turn = co_await bot.NextTurn();
    for (; turn; turn = co_await bot.NextTurn()) {
        diary.Note("turn");
        diary.Note("turn " + std::to_string(turn->number));
    }
    diary.Note("told to leave");
}

TEST_F(BotTurns, ComeAtTheRateAndOnlyWhileThePlayGoesOn) {
    BeginOne(&Count);
    ASSERT_TRUE(Await("connected"));
    Advance(1s);
    EXPECT_EQ(Taken(), 0U);

    population->BeginPlay(clock.Now());
    Advance(0s);
    for (int i = 0; i < 10; ++i) {
        Advance(100ms);
    }
    EXPECT_EQ(Taken(), 11U);  // the first at once
    EXPECT_EQ(board.Sends().sent, 11U);
    EXPECT_EQ(board.Sends().late, 0U);
    EXPECT_EQ(diary.Count("turn 0"), 1U);
    EXPECT_EQ(diary.Count("turn 10"), 1U);

    population->EndPlay();
    Advance(1s);
    EXPECT_EQ(Taken(), 11U);
    population->LeaveAll();
    EXPECT_TRUE(Await("told to leave"));
    EXPECT_TRUE(AwaitEnd());
}

TEST_F(BotTurns, StandStillInAPauseAndComeSoMuchLater) {
    BeginOne(&Count);
    ASSERT_TRUE(Await("connected"));
    population->BeginPlay(clock.Now());
    Advance(0s);
    Advance(100ms);
    Advance(50ms);
    EXPECT_EQ(Taken(), 2U);

    population->Pause();
    Advance(10s);
    EXPECT_EQ(Taken(), 2U);
    population->Resume(10s);
    Advance(49ms);
    EXPECT_EQ(Taken(), 2U);
    Advance(1ms);
    EXPECT_EQ(Taken(), 3U);
    EXPECT_EQ(board.Sends().late, 0U);
}

TEST_F(BotTurns, BeginAfterThePauseForWhoComesMeanwhile) {
    Begin(&Count);
    population->BeginPlay(clock.Now());
    population->Pause();
    ASSERT_TRUE(population->Join());
    ASSERT_TRUE(Await("connected"));
    Advance(10s);
    EXPECT_EQ(Taken(), 0U);
    population->Resume(10s);
    Advance(0s);
    EXPECT_EQ(Taken(), 1U);
    EXPECT_EQ(board.Sends().late, 0U);
}

BotTask AskAServerThatIsSlow(RoomBot& bot, Diary& diary) {
    co_await bot.Connect();
    diary.Note("connected");
    std::optional<Turn> turn = co_await bot.NextTurn();
    for (; turn; turn = co_await bot.NextTurn()) {
        diary.Note(turn->times);
        bot.Ask(turn->number == 0 ? room::HOLD : room::ANSWER, turn->number);
        (void)co_await bot.Expect<room::S_Answer>(1h);
        bot.Answered("ask", *turn);
        diary.Note("answered");
    }
}

// A tester that waited for the answer and then began to count would see one slow answer; so does nobody who wants to play meanwhile.
TEST_F(BotTurns, ThatPileUpKeepTheTimesAtWhichTheyWereDue) {
    BeginOne(&AskAServerThatIsSlow);
    ASSERT_TRUE(Await("connected"));
    board.isMeasuring = true;
    population->BeginPlay(clock.Now());
    const TimePoint start = clock.Now();
    Advance(0s);
    ASSERT_TRUE(AwaitHeld(1));
    for (int i = 0; i < 100; ++i) {
        Advance(10ms);
    }
    EXPECT_EQ(diary.Count("answered"), 0U);

    Release();
    ASSERT_TRUE(Await("answered", 11));

    const std::vector<SendTimes> times = diary.Times();
    ASSERT_EQ(times.size(), 11U);
    for (std::size_t i = 0; i < times.size(); ++i) {
        EXPECT_EQ(times[i].intended, start + i * 100ms) << i;
        EXPECT_EQ(times[i].sent, i == 0 ? start : start + 1s) << i;
    }
    EXPECT_EQ(board.Sends().sent, 11U);
    EXPECT_EQ(board.Sends().late, 0U);  // the load tester was in time; it is the server that the bot waited for
    EXPECT_EQ(board.Sends().worstLatenessUs, 0);
    (void)board.latencies.TakeInterval();
    const std::vector<KindTotals> totals = board.latencies.Totals();
    ASSERT_EQ(totals.size(), 1U);
    EXPECT_EQ(totals[0].response.Count(), 11U);
    EXPECT_NEAR(static_cast<double>(totals[0].response.PercentileUs(50)), 500'000, 1000);
    EXPECT_NEAR(static_cast<double>(totals[0].service.PercentileUs(50)), 0, 1);
    EXPECT_NEAR(static_cast<double>(totals[0].service.MaxUs()), 1'000'000, 1000);
}

TEST_F(BotTurns, OfTheWarmUpAreNotMeasured) {
    BeginOne(&AskAServerThatIsSlow);
    ASSERT_TRUE(Await("connected"));
    population->BeginPlay(clock.Now());
    Advance(0s);
    ASSERT_TRUE(AwaitHeld(1));
    board.isMeasuring = true;  // it counts when it is due, not when it is answered
    Release();
    ASSERT_TRUE(Await("answered"));
    (void)board.latencies.TakeInterval();
    EXPECT_TRUE(board.latencies.Totals().empty());
}

BotTask TakeTurns(RoomBot& bot, Diary& diary) {
    std::optional<Turn> turn = co_await bot.NextTurn();
    for (; turn; turn = co_await bot.NextTurn()) {
        diary.Note(turn->times);
    }
}

class SeededTurns : public BotTurns {
protected:
    // Of one bot, when it would have sent in the first minute, in seconds since the start.
    std::vector<double> Play(std::uint64_t seed) {
        group.think = ThinkTime::Exponential;
        const std::size_t before = diary.Times().size();
        BeginOne(&TakeTurns, seed);
        const TimePoint start = clock.Now();
        population->BeginPlay(start);
        for (int i = 0; i < 6000; ++i) {
            Advance(10ms);
        }
        std::vector<double> times;
        for (const SendTimes& turn : diary.Times()) {
            times.push_back(std::chrono::duration<double>(turn.intended - start).count());
        }
        times.erase(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(before));
        (void)population->Finish();
        return times;
    }
};

TEST_F(SeededTurns, AreTheSameWithTheSameSeedAndNotEven) {
    const std::vector<double> first = Play(1);
    const std::vector<double> again = Play(1);
    const std::vector<double> other = Play(2);
    ASSERT_EQ(first.size(), again.size());
    for (std::size_t i = 0; i < first.size(); ++i) {
        ASSERT_NEAR(first[i] - first[0], again[i] - again[0], 1e-6);
    }
    EXPECT_NE(first, other);
    EXPECT_NEAR(static_cast<double>(first.size()), 600, 75);  // three standard deviations

    // Of exponential gaps at the rate of ten, 1 - 1/e are shorter than the mean.
    std::size_t isShort = 0;
    for (std::size_t i = 1; i < first.size(); ++i) {
        isShort += first[i] - first[i - 1] < 0.1 ? 1U : 0U;
    }
    EXPECT_NEAR(static_cast<double>(isShort) / static_cast<double>(first.size()), 0.632, 0.06);
}

BotTask SleepFirst(RoomBot& bot, Diary& diary) {
    co_await bot.Connect();
    const bool isFirst = diary.Count("connected") == 0;
    diary.Note("connected");
    if (isFirst) {
        (void)co_await bot.NextTurn();
        co_return;
    }
    (void)co_await bot.Sleep(1s);
    const std::optional<Turn> turn = co_await bot.NextTurn();
    diary.Note(turn ? "turn " + std::to_string(turn->number) : "none");
    (void)co_await bot.Sleep(1h);
}

// The first asks for turns and leaves before the play; its place goes to the second.
TEST_F(BotTurns, ThatOneBotAskedForAreNotGivenToTheNextInItsPlace) {
    BeginOne(&SleepFirst);
    ASSERT_TRUE(Await("connected"));
    population->LeaveAll();
    ASSERT_TRUE(AwaitEnd());
    ASSERT_TRUE(world.bell.WaitUntil([&] { return service.SessionCount() == 0; }));

    ASSERT_TRUE(population->Join());
    ASSERT_TRUE(Await("connected", 2));
    population->BeginPlay(clock.Now());
    Advance(0s);
    for (int i = 0; i < 11; ++i) {
        Advance(100ms);  // it sleeps
    }
    Advance(0s);
    ASSERT_TRUE(Await("turn 0"));
    EXPECT_EQ(board.Sends().late, 0U);
}

}  // namespace
}  // namespace loadtest::test
