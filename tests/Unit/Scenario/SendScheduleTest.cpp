#include "DummyClient/Scenario/SendSchedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <vector>

#include "DummyClient/Scenario/Draws.h"

namespace loadtest {
namespace {

using namespace std::chrono_literals;
using servercore::Duration;
using servercore::TimePoint;

constexpr TimePoint kStart = TimePoint(1h);
constexpr std::array kAllThinkTimes = {ThinkTime::Even, ThinkTime::Uniform, ThinkTime::Exponential, ThinkTime::LogNormal};

std::vector<SendSchedule::Due> TakeAll(SendSchedule& schedule, TimePoint now) {
    std::vector<SendSchedule::Due> all;
    while (const auto due = schedule.TakeDue(now)) {
        all.push_back(*due);
    }
    return all;
}

std::map<std::size_t, std::vector<SendSchedule::Due>> ByBot(const std::vector<SendSchedule::Due>& all) {
    std::map<std::size_t, std::vector<SendSchedule::Due>> byBot;
    for (const SendSchedule::Due& due : all) {
        byBot[due.bot].push_back(due);
    }
    return byBot;
}

// --- The numbers -------------------------------------------------------------------------------------------------------

TEST(Draws, AreThoseOfSplitMix64) {
    // From another implementation, which also yields the published numbers. They must never change: runs are to repeat.
    EXPECT_EQ(Draws(0, 0).Bits(0), 6235967106033911276U);
    EXPECT_EQ(Draws(0, 0).Bits(1), 4964577235801436555U);
    EXPECT_EQ(Draws(1, 2).Bits(0), 11446999876264359965U);
    EXPECT_EQ(Draws(1, 2).Bits(2), 8566811186491711777U);
    EXPECT_EQ(Draws(1, 2).Unit(2), static_cast<double>(8566811186491711777U >> 11U) / 9007199254740992.0);
}

TEST(Draws, DifferBySeedStreamAndNumber) {
    std::set<std::uint64_t> seen;
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        for (std::uint64_t stream = 0; stream < 100; ++stream) {
            for (std::uint64_t number = 0; number < 100; ++number) {
                seen.insert(Draws(seed, stream).Bits(number));
            }
        }
    }
    EXPECT_EQ(seen.size(), 100'000U);
}

// --- The gaps ----------------------------------------------------------------------------------------------------------

TEST(ThinkGaps, HaveTheMeanAndTheSpreadOfTheirKind) {
    struct Expected {
        ThinkTime think;
        double deviation;  // of a mean of 1
        double median;
    };
    for (const Expected& expected :
         {Expected{ThinkTime::Even, 0, 1}, Expected{ThinkTime::Uniform, std::sqrt(1 / 12.0), 1},
          Expected{ThinkTime::Exponential, 1, std::log(2)}, Expected{ThinkTime::LogNormal, std::sqrt(std::exp(1) - 1), std::exp(-0.5)}}) {
        const ThinkGaps gaps(4, expected.think, 11);
        std::vector<double> all;
        double sum = 0;
        double squares = 0;
        for (std::size_t bot = 0; bot < 500; ++bot) {
            for (std::uint64_t turn = 0; turn < 400; ++turn) {
                const double gap = std::chrono::duration<double>(gaps.After(bot, turn)).count() * 4;
                ASSERT_GE(gap, 0);
                all.push_back(gap);
                sum += gap;
                squares += gap * gap;
            }
        }
        const auto count = static_cast<double>(all.size());
        const double mean = sum / count;
        std::ranges::sort(all);
        EXPECT_NEAR(mean, 1, 0.02);
        EXPECT_NEAR(std::sqrt(std::max(0.0, squares / count - mean * mean)), expected.deviation, 0.06);
        EXPECT_NEAR(all[all.size() / 2], expected.median, 0.02);
        if (expected.think == ThinkTime::Uniform) {
            EXPECT_GE(all.front(), 0.5);
            EXPECT_LE(all.back(), 1.5);
        }
    }
}

TEST(ThinkGaps, SpreadBotsOverTheFirstGap) {
    const ThinkGaps gaps(2, ThinkTime::Even, 1);
    for (const std::size_t bots : {10U, 200U, 3000U}) {
        std::vector<Duration> firsts;
        for (std::size_t bot = 0; bot < bots; ++bot) {
            firsts.push_back(gaps.First(bot));
        }
        std::ranges::sort(firsts);
        ASSERT_GE(firsts.front(), 0s);
        ASSERT_LE(firsts.back(), 500ms);
        for (std::size_t i = 1; i < bots; ++i) {
            const double share = std::chrono::duration<double>(firsts[i] - firsts[i - 1]).count() * 2 * static_cast<double>(bots);
            ASSERT_GT(share, 0.3);
            ASSERT_LT(share, 2.1);
        }
    }
}

TEST(ThinkGaps, EvenOnesDoNotDrift) {
    const ThinkGaps gaps(3, ThinkTime::Even, 1);
    Duration sum{};
    for (std::uint64_t turn = 0; turn < 300'000; ++turn) {
        sum += gaps.After(5, turn);
    }
    EXPECT_EQ(sum, 100'000s);
}

// --- The schedule ------------------------------------------------------------------------------------------------------

TEST(SendSchedule, HandsOutInTheOrderOfTimeAndNumbersTheTurnsOfEachBot) {
    for (const ThinkTime think : kAllThinkTimes) {
        SendSchedule schedule(ThinkGaps(10, think, 3));
        for (std::size_t bot = 0; bot < 100; ++bot) {
            schedule.Add(bot, kStart);
        }
        const auto all = TakeAll(schedule, kStart + 10s);
        EXPECT_NEAR(static_cast<double>(all.size()), 10'000, 500);
        EXPECT_TRUE(std::ranges::is_sorted(all, {}, &SendSchedule::Due::intended));
        for (const auto& [bot, sends] : ByBot(all)) {
            for (std::size_t turn = 0; turn < sends.size(); ++turn) {
                ASSERT_EQ(sends[turn].turn, turn);
            }
        }
        EXPECT_GT(*schedule.NextDue(), kStart + 10s);
        EXPECT_EQ(schedule.Size(), 100U);
    }
}

TEST(SendSchedule, DoesNotLetALateSendMoveLaterOnes) {
    for (const ThinkTime think : kAllThinkTimes) {
        SendSchedule punctual(ThinkGaps(10, think, 3));
        SendSchedule late(ThinkGaps(10, think, 3));
        std::vector<SendSchedule::Due> first;
        for (std::size_t bot = 0; bot < 10; ++bot) {
            punctual.Add(bot, kStart);
            late.Add(bot, kStart);
        }
        for (TimePoint now = kStart; now <= kStart + 5s; now += 1ms) {
            for (const SendSchedule::Due& due : TakeAll(punctual, now)) {
                first.push_back(due);
            }
        }
        EXPECT_EQ(TakeAll(late, kStart + 5s), first);
    }
}

TEST(SendSchedule, ABotsTimesDoNotDependOnTheOthers) {
    for (const ThinkTime think : kAllThinkTimes) {
        SendSchedule alone(ThinkGaps(5, think, 9));
        SendSchedule crowd(ThinkGaps(5, think, 9));
        SendSchedule otherSeed(ThinkGaps(5, think, 10));
        alone.Add(42, kStart);
        otherSeed.Add(42, kStart);
        for (std::size_t bot = 99; bot > 0; --bot) {
            crowd.Add(bot, kStart);
        }
        crowd.Remove(7);
        const auto sends = TakeAll(alone, kStart + 20s);
        EXPECT_EQ(ByBot(TakeAll(crowd, kStart + 20s))[42], sends);
        if (think != ThinkTime::Even) {
            EXPECT_NE(TakeAll(otherSeed, kStart + 20s), sends);
        }
    }
}

TEST(SendSchedule, SendsNothingEarly) {
    SendSchedule schedule(ThinkGaps(1, ThinkTime::Even, 1));
    EXPECT_EQ(schedule.NextDue(), std::nullopt);
    schedule.Add(1, kStart);
    const TimePoint due = *schedule.NextDue();
    EXPECT_EQ(schedule.TakeDue(due - 1ns), std::nullopt);
    EXPECT_EQ(schedule.TakeDue(due), (SendSchedule::Due{.bot = 1, .intended = due, .turn = 0}));
    EXPECT_EQ(schedule.TakeDue(due), std::nullopt);
    EXPECT_EQ(schedule.NextDue(), due + 1s);
}

TEST(SendSchedule, ForgetsWhoWasRemovedAndGoesOnCountingWhenTheyAreBack) {
    SendSchedule schedule(ThinkGaps(1, ThinkTime::Even, 1));
    schedule.Add(0, kStart);
    schedule.Add(1, kStart);
    EXPECT_EQ(TakeAll(schedule, kStart + 3s - 1ns).size(), 6U);
    schedule.Remove(0);
    schedule.Remove(0);
    schedule.Remove(12345);
    EXPECT_FALSE(schedule.Has(0));
    EXPECT_EQ(schedule.Size(), 1U);
    for (const SendSchedule::Due& due : TakeAll(schedule, kStart + 6s)) {
        EXPECT_EQ(due.bot, 1U);
    }
    schedule.Add(0, kStart + 10s);
    const auto sends = ByBot(TakeAll(schedule, kStart + 11s - 1ns))[0];
    ASSERT_EQ(sends.size(), 1U);
    EXPECT_EQ(sends[0].turn, 3U);
    EXPECT_EQ(sends[0].intended, kStart + 10s);
}

TEST(SendSchedule, ShiftsEverythingThatIsStillToCome) {
    for (const ThinkTime think : kAllThinkTimes) {
        SendSchedule paused(ThinkGaps(10, think, 3));
        SendSchedule straight(ThinkGaps(10, think, 3));
        for (std::size_t bot = 0; bot < 50; ++bot) {
            paused.Add(bot, kStart);
            straight.Add(bot, kStart);
        }
        EXPECT_EQ(TakeAll(paused, kStart + 3s), TakeAll(straight, kStart + 3s));
        paused.Shift(7s);
        EXPECT_EQ(paused.TakeDue(kStart + 10s), std::nullopt);
        auto later = TakeAll(straight, kStart + 6s);
        for (SendSchedule::Due& due : later) {
            due.intended += 7s;
        }
        EXPECT_EQ(TakeAll(paused, kStart + 13s), later);
    }
}

// Against the simplest schedule there is: look through all bots for the earliest.
class SlowSchedule {
public:
    explicit SlowSchedule(const ThinkGaps& gaps) : gaps_(gaps) {}

    void Add(std::size_t bot, TimePoint from) { next_[bot] = from + gaps_.First(bot); }
    void Remove(std::size_t bot) { next_.erase(bot); }
    std::optional<SendSchedule::Due> TakeDue(TimePoint now) {
        const auto least = std::ranges::min_element(next_, {}, [](const auto& entry) { return std::pair(entry.second, entry.first); });
        if (least == next_.end() || least->second > now) {
            return std::nullopt;
        }
        const SendSchedule::Due due{.bot = least->first, .intended = least->second, .turn = turns_[least->first]++};
        least->second += gaps_.After(due.bot, due.turn);
        return due;
    }
    void Shift(Duration by) {
        for (auto& [bot, next] : next_) {
            next += by;
        }
    }
    bool Has(std::size_t bot) const { return next_.contains(bot); }

private:
    const ThinkGaps gaps_;
    std::map<std::size_t, TimePoint> next_;
    std::map<std::size_t, std::uint64_t> turns_;
};

TEST(SendSchedule, DoesWhatTheSimplestOneDoes) {
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
        std::mt19937_64 random(seed);
        const ThinkGaps gaps(20, kAllThinkTimes[seed % kAllThinkTimes.size()], seed);
        SendSchedule schedule(gaps);
        SlowSchedule slow(gaps);
        TimePoint now = kStart;
        for (int step = 0; step < 2000; ++step) {
            const std::size_t bot = random() % 60;
            switch (random() % 10) {
                case 0:
                case 1:
                case 2:
                    if (!slow.Has(bot)) {
                        schedule.Add(bot, now);
                        slow.Add(bot, now);
                    }
                    break;
                case 3:
                    schedule.Remove(bot);
                    slow.Remove(bot);
                    break;
                case 4:
                    if (random() % 20 == 0) {
                        schedule.Shift(1s);
                        slow.Shift(1s);
                    }
                    break;
                default: now += Duration(static_cast<Duration::rep>(random() % 30'000'000)); break;
            }
            ASSERT_EQ(schedule.Has(bot), slow.Has(bot));
            for (;;) {
                const auto due = schedule.TakeDue(now);
                ASSERT_EQ(due, slow.TakeDue(now)) << "seed " << seed << ", step " << step;
                if (!due) {
                    break;
                }
            }
        }
    }
}

TEST(SendSchedule, ServesTwentyThousandBots) {
    SendSchedule schedule(ThinkGaps(10, ThinkTime::Exponential, 1));
    for (std::size_t bot = 0; bot < 20'000; ++bot) {
        schedule.Add(bot, kStart);
    }
    constexpr std::chrono::milliseconds kTime = 5000ms / SERVERCORE_TESTS_SLOWDOWN;
    std::uint64_t sends = 0;
    const auto begin = std::chrono::steady_clock::now();
    for (TimePoint now = kStart; now <= kStart + kTime; now += 1ms) {
        while (schedule.TakeDue(now)) {
            ++sends;
        }
    }
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
    EXPECT_NEAR(static_cast<double>(sends), 200.0 * kTime.count(), 2.0 * kTime.count());
    std::cout << took.count() / static_cast<double>(sends) << " ns per send\n";
}

}  // namespace
}  // namespace loadtest
