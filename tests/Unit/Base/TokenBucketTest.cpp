#include "ServerCore/Base/TokenBucket.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <limits>

namespace servercore::test {

namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart = TimePoint(1h);
constexpr auto kYear = std::chrono::hours(24 * 365);
constexpr std::uint32_t kMost = std::numeric_limits<std::uint32_t>::max();

static_assert(sizeof(TokenBucket) == 24);

std::uint64_t TakeAll(TokenBucket& bucket, TimePoint now, std::uint32_t cost = 1, std::uint64_t atMost = 1000) {
    std::uint64_t taken = 0;
    while (taken < atMost && bucket.TryTake(cost, now)) {
        ++taken;
    }
    return taken;
}

bool IsInDebt(TokenBucket& bucket, TimePoint now) {
    return !bucket.Holds(0, now);
}

TEST(TokenBucket, ARateOfZeroIsNoLimit) {
    TokenBucket bucket({0, 0});
    EXPECT_FALSE(bucket.IsLimited());
    EXPECT_EQ(TakeAll(bucket, kStart, kMost), 1000U);
    EXPECT_EQ(bucket.TimeUntil(kMost, kStart), Duration::zero());
    bucket.Take(kMost, kStart);
    EXPECT_FALSE(IsInDebt(bucket, kStart));
}

TEST(TokenBucket, AllowsTheBurstAtOnceThenTheRate) {
    TokenBucket bucket({10, 5});
    EXPECT_EQ(TakeAll(bucket, kStart), 5U);
    EXPECT_EQ(TakeAll(bucket, kStart + 100ms - 1ns), 0U);
    EXPECT_EQ(TakeAll(bucket, kStart + 100ms), 1U);
    EXPECT_EQ(TakeAll(bucket, kStart + 400ms), 3U);
}

TEST(TokenBucket, SavesUpNoMoreThanTheBurst) {
    TokenBucket bucket({10, 5});
    EXPECT_EQ(TakeAll(bucket, kStart), 5U);
    EXPECT_EQ(TakeAll(bucket, kStart + 100 * kYear), 5U);
}

TEST(TokenBucket, ABurstOfZeroCountsAsOne) {
    TokenBucket bucket({10, 0});
    EXPECT_EQ(TakeAll(bucket, kStart), 1U);
    EXPECT_FALSE(IsInDebt(bucket, kStart));
    EXPECT_EQ(TakeAll(bucket, kStart + 1s), 1U);
}

TEST(TokenBucket, TakesAllOfACostOrNothing) {
    TokenBucket bucket({10, 5});
    EXPECT_TRUE(bucket.TryTake(3, kStart));
    EXPECT_FALSE(bucket.TryTake(3, kStart));
    EXPECT_TRUE(bucket.TryTake(2, kStart));
}

TEST(TokenBucket, SaysExactlyHowLongToWait) {
    constexpr std::array<std::uint32_t, 6> rates = {1, 3, 7, 1000, 999'999'937, kMost};
    for (const std::uint32_t rate : rates) {
        TokenBucket bucket({rate, 10});
        EXPECT_EQ(TakeAll(bucket, kStart), 10U);
        const Duration wait = bucket.TimeUntil(4, kStart);
        ASSERT_GT(wait, Duration::zero());
        EXPECT_FALSE(bucket.TryTake(4, kStart + wait - 1ns)) << rate;
        EXPECT_TRUE(bucket.TryTake(4, kStart + wait)) << rate;
    }
}

TEST(TokenBucket, LetsPassWhatCostsMoreThanTheBurstAndMakesItWaitForItAfterwards) {
    TokenBucket bucket({10, 5});
    EXPECT_TRUE(bucket.TryTake(25, kStart));
    EXPECT_EQ(bucket.TimeUntil(0, kStart), 2s);
    EXPECT_EQ(bucket.TimeUntil(25, kStart), 2500ms);
    EXPECT_FALSE(bucket.TryTake(25, kStart + 2500ms - 1ns));
    EXPECT_TRUE(bucket.TryTake(25, kStart + 2500ms));
}

TEST(TokenBucket, GoesIntoDebtForWhatHasHappened) {
    TokenBucket bucket({10, 5});
    bucket.Take(5, kStart);
    EXPECT_FALSE(IsInDebt(bucket, kStart));
    bucket.Take(10, kStart);
    EXPECT_TRUE(IsInDebt(bucket, kStart));
    EXPECT_TRUE(IsInDebt(bucket, kStart + 1s - 1ns));
    EXPECT_FALSE(IsInDebt(bucket, kStart + 1s));
    EXPECT_EQ(TakeAll(bucket, kStart + 1100ms), 1U);
}

TEST(TokenBucket, TimeThatRunsBackwardsCountsAsNone) {
    TokenBucket bucket({10, 5});
    EXPECT_EQ(TakeAll(bucket, kStart), 5U);
    EXPECT_EQ(bucket.TimeUntil(1, kStart - 1h), 100ms);
    EXPECT_EQ(TakeAll(bucket, kStart - 1h), 0U);
    EXPECT_EQ(TakeAll(bucket, TimePoint::min()), 0U);
    EXPECT_EQ(TakeAll(bucket, kStart + 100ms), 1U);
}

// A level in floating point would lose each of these nanoseconds next to a burst of millions.
TEST(TokenBucket, GathersTheSmallestPiecesOfTime) {
    TokenBucket bucket({1, 10'000'000});
    bucket.Take(1, kStart);
    TimePoint now = kStart;
    for (int i = 0; i < 1000; ++i) {
        now += 1ns;
        EXPECT_EQ(bucket.TimeUntil(10'000'000, now), 1s - (now - kStart));
    }
}

TEST(TokenBucket, DoesNotDrift) {
    // Neither divides a second into whole nanoseconds.
    constexpr std::array<std::uint32_t, 2> rates = {3, 700};
    for (const std::uint32_t rate : rates) {
        TokenBucket bucket({rate, 10});
        std::uint64_t taken = 0;
        const TimePoint end = kStart + 1000s;
        for (TimePoint now = kStart; now < end; now += 1234567ns) {
            taken += TakeAll(bucket, now);
        }
        taken += TakeAll(bucket, end);
        EXPECT_EQ(taken, 10 + std::uint64_t{rate} * 1000) << rate;
    }
}

TEST(TokenBucket, SurvivesTheLargestNumbers) {
    TokenBucket bucket({kMost, kMost});
    EXPECT_TRUE(bucket.TryTake(kMost, kStart));
    EXPECT_EQ(bucket.TimeUntil(kMost, kStart), 1s);
    for (int i = 0; i < 10; ++i) {
        bucket.Take(kMost, kStart);
    }
    EXPECT_TRUE(IsInDebt(bucket, kStart + 1s));
    EXPECT_FALSE(IsInDebt(bucket, kStart + 1001ms)) << "a debt has a bottom";
    EXPECT_TRUE(bucket.TryTake(kMost, TimePoint::max()));

    TokenBucket slow({1, kMost});
    slow.Take(kMost, kStart);
    slow.Take(kMost, kStart);
    EXPECT_TRUE(IsInDebt(slow, kStart + 100 * kYear));
    EXPECT_FALSE(IsInDebt(slow, kStart + 140 * kYear));
}

}  // namespace

}  // namespace servercore::test
