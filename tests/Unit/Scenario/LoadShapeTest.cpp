#include "DummyClient/Scenario/LoadShape.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "DummyClient/Scenario/RandomArrivals.h"

namespace loadtest {
namespace {

using namespace std::chrono_literals;
using servercore::Duration;

class Dice {
public:
    explicit Dice(std::uint64_t seed) : engine_(seed) {}
    std::uint64_t Below(std::uint64_t end) { return engine_() % end; }
    Duration Until(Duration end) { return Duration(static_cast<Duration::rep>(Below(static_cast<std::uint64_t>(end.count()) + 1))); }

private:
    std::mt19937_64 engine_;
};

LoadShape RandomShape(Dice& dice, Duration total, std::size_t bots) {
    switch (dice.Below(7)) {
        case 0: return {LoadShape::Ramp{.over = dice.Until(total), .from = dice.Below(bots + 1)}};
        case 1: return {LoadShape::Steps{.count = 1 + dice.Below(20), .every = dice.Until(total / 20)}};
        case 2: return {LoadShape::Spike{.base = dice.Below(bots + 1), .at = dice.Until(total), .length = dice.Until(total)}};
        case 3: {
            const Duration length = dice.Until(total / 4);
            return {LoadShape::Spike{
                .base = dice.Below(bots + 1), .at = dice.Until(total), .length = length, .every = length + 1ns + dice.Until(total / 4)}};
        }
        case 4: return {LoadShape::Soak{.over = dice.Until(total)}};
        case 5:
            return {LoadShape::Arrival{.perSecond = 0.01 * static_cast<double>(1 + dice.Below(100'000)),
                                       .stay = dice.Until(total),
                                       .random = dice.Below(2) == 0,
                                       .seed = dice.Below(1000)}};
        default: return {};
    }
}

TEST(LoadShape, NeverTakesBackWhoHasJoinedOrLeft) {
    Dice dice(7);
    for (int i = 0; i < 500; ++i) {
        const Duration total = 1ms + dice.Until(i % 2 == 0 ? Duration(10s) : Duration(24h));
        const std::size_t bots = dice.Below(i % 3 == 0 ? 5 : 20'000);
        const LoadShape shape = RandomShape(dice, total, bots);
        std::vector<Duration> times = {-1s, 0s, 1ns, total - 1ns, total, total + 1ns, total + 1h};
        for (int k = 0; k < 100; ++k) {
            times.push_back(dice.Until(total));
            times.push_back(times.back() + 1ns);
        }
        std::ranges::sort(times);
        Presence last;
        for (const Duration time : times) {
            const Presence now = shape.At(time, total, bots);
            ASSERT_GE(now.joined, last.joined) << i;
            ASSERT_GE(now.left, last.left) << i;
            ASSERT_GE(now.joined, now.left) << i;
            if (!shape.IsArrival()) {
                ASSERT_LE(now.Present(), bots) << i;
            }
            last = now;
        }
        ASSERT_EQ(last.joined, shape.Joins(total, bots)) << i;
        ASSERT_EQ(shape.At(-1s, total, bots), shape.At(0s, total, bots)) << i;
        ASSERT_EQ(shape.At(total + 1h, total, bots), shape.At(total, total, bots)) << i;
    }
}

TEST(LoadShape, IsSteadyUnlessItIsToldOtherwise) {
    const LoadShape shape;
    EXPECT_TRUE(shape.IsSteady());
    EXPECT_FALSE(shape.IsArrival());
    EXPECT_EQ(shape.At(0s, 10s, 7), (Presence{.joined = 7, .left = 0}));
    EXPECT_EQ(shape.At(10s, 10s, 7), (Presence{.joined = 7, .left = 0}));
    EXPECT_EQ(shape.Needs(), 0s);
}

TEST(LoadShape, RampsFromOneNumberToTheOther) {
    const LoadShape shape{LoadShape::Ramp{.over = 10s, .from = 100}};
    EXPECT_EQ(shape.At(0s, 1min, 1100).joined, 100U);
    EXPECT_EQ(shape.At(10ms - 1ns, 1min, 1100).joined, 100U);
    EXPECT_EQ(shape.At(10ms, 1min, 1100).joined, 101U);
    EXPECT_EQ(shape.At(2900ms, 1min, 1100).joined, 390U);  // where 0.29 of it would be one too few
    EXPECT_EQ(shape.At(10s - 1ns, 1min, 1100).joined, 1099U);
    EXPECT_EQ(shape.At(10s, 1min, 1100).joined, 1100U);
    EXPECT_EQ(shape.At(0s, 1min, 50).joined, 50U);
    EXPECT_EQ(shape.At(1min, 1min, 1100).left, 0U);
    EXPECT_EQ(shape.Needs(), 10s);
}

TEST(LoadShape, RampsExactlyAlsoForDaysAndMillions) {
    const LoadShape shape{LoadShape::Ramp{.over = 24h * 30}};
    for (std::uint64_t n = 0; n < 720; ++n) {
        EXPECT_EQ(shape.At(1h * n, 24h * 30, 720'000'000).joined, n * 1'000'000);
    }
}

TEST(LoadShape, StepsUpUntilAllAreThere) {
    const LoadShape shape{LoadShape::Steps{.count = 4, .every = 5s}};
    EXPECT_EQ(shape.At(0s, 1min, 10).joined, 2U);
    EXPECT_EQ(shape.At(5s - 1ns, 1min, 10).joined, 2U);
    EXPECT_EQ(shape.At(5s, 1min, 10).joined, 5U);
    EXPECT_EQ(shape.At(10s, 1min, 10).joined, 7U);
    EXPECT_EQ(shape.At(15s - 1ns, 1min, 10).joined, 7U);
    EXPECT_EQ(shape.At(15s, 1min, 10).joined, 10U);
    EXPECT_EQ(shape.Joins(1min, 10), 10U);
    EXPECT_EQ(shape.Needs(), 15s);
    EXPECT_EQ((LoadShape{LoadShape::Steps{.count = 1, .every = 5s}}.At(0s, 1min, 10).joined), 10U);
}

TEST(LoadShape, SpikesOnce) {
    const LoadShape shape{LoadShape::Spike{.base = 10, .at = 5s, .length = 2s}};
    EXPECT_EQ(shape.At(5s - 1ns, 1min, 100), (Presence{.joined = 10, .left = 0}));
    EXPECT_EQ(shape.At(5s, 1min, 100), (Presence{.joined = 100, .left = 0}));
    EXPECT_EQ(shape.At(7s - 1ns, 1min, 100), (Presence{.joined = 100, .left = 0}));
    EXPECT_EQ(shape.At(7s, 1min, 100), (Presence{.joined = 100, .left = 90}));
    EXPECT_EQ(shape.At(1min, 1min, 100), (Presence{.joined = 100, .left = 90}));
    EXPECT_EQ(shape.Needs(), 7s);
}

TEST(LoadShape, SpikesAgainAndAgainButNotWhenThePlayEnds) {
    const LoadShape shape{LoadShape::Spike{.base = 10, .at = 5s, .length = 2s, .every = 5s}};
    EXPECT_EQ(shape.At(10s - 1ns, 20s, 100), (Presence{.joined = 100, .left = 90}));
    EXPECT_EQ(shape.At(10s, 20s, 100), (Presence{.joined = 190, .left = 90}));
    EXPECT_EQ(shape.At(17s, 20s, 100), (Presence{.joined = 280, .left = 270}));
    EXPECT_EQ(shape.At(20s, 20s, 100), (Presence{.joined = 280, .left = 270}));
    EXPECT_EQ(shape.At(20s, 20s + 1ns, 100), (Presence{.joined = 370, .left = 270}));
}

TEST(LoadShape, SoaksUpAndDownAgain) {
    const LoadShape shape{LoadShape::Soak{.over = 10s}};
    EXPECT_EQ(shape.At(0s, 1min, 100), (Presence{.joined = 0, .left = 0}));
    EXPECT_EQ(shape.At(5s, 1min, 100), (Presence{.joined = 50, .left = 0}));
    EXPECT_EQ(shape.At(10s, 1min, 100), (Presence{.joined = 100, .left = 0}));
    EXPECT_EQ(shape.At(50s, 1min, 100), (Presence{.joined = 100, .left = 0}));
    EXPECT_EQ(shape.At(55s, 1min, 100), (Presence{.joined = 100, .left = 50}));
    EXPECT_EQ(shape.At(1min - 1ns, 1min, 100), (Presence{.joined = 100, .left = 99}));
    EXPECT_EQ(shape.At(1min, 1min, 100), (Presence{.joined = 100, .left = 100}));
    EXPECT_EQ(shape.Needs(), 20s);
}

TEST(LoadShape, ArrivalsComeEvenlyAndGoWhenTheirTimeIsOver) {
    const LoadShape shape{LoadShape::Arrival{.perSecond = 10, .stay = 2s}};
    EXPECT_TRUE(shape.IsArrival());
    EXPECT_EQ(shape.At(49ms, 10s, 0).joined, 0U);
    EXPECT_EQ(shape.At(51ms, 10s, 0).joined, 1U);
    EXPECT_EQ(shape.At(1s, 10s, 0), (Presence{.joined = 10, .left = 0}));
    EXPECT_EQ(shape.At(3s, 10s, 0), (Presence{.joined = 30, .left = 10}));
    EXPECT_EQ(shape.At(10s, 10s, 0), (Presence{.joined = 100, .left = 80}));
    EXPECT_EQ((LoadShape{LoadShape::Arrival{.perSecond = 10}}.At(10s, 10s, 0)), (Presence{.joined = 100, .left = 0}));
}

TEST(LoadShape, RandomArrivalsAreAsManyAsEvenOnesAndRepeat) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const LoadShape shape{LoadShape::Arrival{.perSecond = 333, .stay = 500ms, .random = true, .seed = seed}};
        const LoadShape other{LoadShape::Arrival{.perSecond = 333, .stay = 500ms, .random = true, .seed = seed + 1}};
        EXPECT_EQ(shape.Joins(10s, 0), 3330U);
        EXPECT_EQ(shape.At(10s, 10s, 0).left, shape.At(9500ms, 10s, 0).joined);
        std::size_t differing = 0;
        for (Duration time = 0s; time <= 10s; time += 10ms) {
            ASSERT_EQ(shape.At(time, 10s, 0), LoadShape(shape).At(time, 10s, 0));
            differing += shape.At(time, 10s, 0) == other.At(time, 10s, 0) ? 0U : 1U;
        }
        EXPECT_GT(differing, 900U);
    }
}

// How often so many came within one of the equal slots, against what Poisson says.
double ChiSquareOfSlots(std::uint64_t arrivals, std::uint64_t slots, std::uint64_t seed) {
    const double mean = static_cast<double>(arrivals) / static_cast<double>(slots);
    double sum = 0;
    std::uint64_t before = 0;
    for (std::uint64_t slot = 1; slot <= slots; ++slot) {
        const std::uint64_t by = RandomArrivalsBy(1s * slot, 1s * slots, arrivals, seed);
        const double deviation = static_cast<double>(by - before) - mean;
        sum += deviation * deviation / mean;
        before = by;
    }
    return sum;
}

TEST(RandomArrivals, AreSpreadAsEvenlyDrawnTimesAre) {
    // Chi-square of n slots has mean n - 1 and variance 2 (n - 1): over the seeds within five deviations. Even ones would have 0.
    constexpr std::uint64_t kSlots = 100;
    constexpr int kSeeds = 200;
    for (const std::uint64_t arrivals : {1'000U, 4'000U, 1'000'000U}) {
        double sum = 0;
        for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
            sum += ChiSquareOfSlots(arrivals, kSlots, seed);
        }
        const double deviation = std::sqrt(2.0 * (kSlots - 1) / kSeeds);
        EXPECT_NEAR(sum / kSeeds, kSlots - 1, 5 * deviation) << arrivals;
    }
}

TEST(RandomArrivals, AllComeHoweverManyAndHoweverShortTheTime) {
    for (const std::uint64_t arrivals : {0ULL, 1ULL, 64ULL, 4096ULL, 4097ULL, 10'000'000'000ULL}) {
        for (const Duration total : {Duration(1ns), Duration(3ns), Duration(1s), Duration(24h)}) {
            EXPECT_EQ(RandomArrivalsBy(total, total, arrivals, 3), arrivals);
            EXPECT_LE(RandomArrivalsBy(total - 1ns, total, arrivals, 3), arrivals);
            EXPECT_EQ(RandomArrivalsBy(-1ns, total, arrivals, 3), 0U);
        }
    }
}

}  // namespace
}  // namespace loadtest
