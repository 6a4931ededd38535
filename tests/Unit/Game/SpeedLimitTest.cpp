#include "GameServer/World/SpeedLimit.h"

#include <gtest/gtest.h>

#include <chrono>
#include <limits>

namespace game::test {

namespace {

using namespace std::chrono_literals;

constexpr Position kHere{.x = 0, .y = 0};
const servercore::TimePoint kBegin{1h};

TEST(SpeedLimit, AllowsTwoSecondsWayAtOnceAndThenTheSpeed) {
    SpeedLimit limit(1000);
    EXPECT_TRUE(limit.TryWalk(kHere, {.x = 2000, .y = 0}, kBegin));
    EXPECT_FALSE(limit.TryWalk(kHere, {.x = 1, .y = 0}, kBegin));
    EXPECT_TRUE(limit.TryWalk(kHere, {.x = 0, .y = -50}, kBegin + 50ms));
    EXPECT_FALSE(limit.TryWalk(kHere, {.x = 0, .y = 51}, kBegin + 100ms));
    EXPECT_TRUE(limit.TryWalk(kHere, {.x = 0, .y = 50}, kBegin + 100ms)) << "what is refused costs nothing";
}

TEST(SpeedLimit, NeverLetsAJumpPassThatIsLongerThanTheBurst) {
    SpeedLimit limit(1000);
    EXPECT_FALSE(limit.TryWalk(kHere, {.x = 2001, .y = 0}, kBegin + 1h));
    EXPECT_FALSE(limit.TryWalk({.x = -10'000, .y = -10'000}, {.x = 10'000, .y = 10'000}, kBegin + 1h));
    EXPECT_TRUE(limit.TryWalk(kHere, {.x = 1200, .y = 1600}, kBegin + 1h));
}

// An honest client that rounds its positions to whole units is never put back; one that walks a tenth faster is.
TEST(SpeedLimit, IsExactForManySmallSteps) {
    for (const auto& [speed, wanted] : {std::pair{1000.0, true}, {1100.0, false}}) {
        SpeedLimit limit(1000);
        bool isTaken = true;
        Position at{.x = -7000, .y = -7000};
        for (int i = 1; i <= 1800; ++i) {  // 100 times a second
            const double way = speed * i / 100;
            const Position next{.x = -7000 + static_cast<std::int32_t>(way * 0.6), .y = -7000 + static_cast<std::int32_t>(way * 0.8)};
            isTaken = isTaken && limit.TryWalk(at, next, kBegin + 10ms * i);
            at = next;
        }
        if (wanted) {
            EXPECT_TRUE(isTaken);
        }
    }
    SpeedLimit limit(1000);
    int taken = 0;
    for (int i = 1; i <= 6000; ++i) {  // a unit aslant, 1000 times a second
        taken += limit.TryWalk(kHere, {.x = 1, .y = 1}, kBegin + 1ms * i) ? 1 : 0;
    }
    EXPECT_LT(taken * 1.4142, 8000 * 1.05);
}

TEST(SpeedLimit, CountsNoTimeThatRunsBackwards) {
    SpeedLimit limit(1000);
    EXPECT_TRUE(limit.TryWalk(kHere, {.x = 2000, .y = 0}, kBegin + 1s));
    EXPECT_FALSE(limit.TryWalk(kHere, {.x = 100, .y = 0}, kBegin));
    EXPECT_TRUE(limit.TryWalk(kHere, {.x = 100, .y = 0}, kBegin + 1100ms));
}

TEST(SpeedLimit, OfNothingIsNone) {
    SpeedLimit none(0);
    SpeedLimit enormous(std::numeric_limits<std::uint32_t>::max());
    for (int i = 0; i < 100; ++i) {
        EXPECT_TRUE(none.TryWalk({.x = -10'000, .y = -10'000}, {.x = 10'000, .y = 10'000}, kBegin));
        EXPECT_TRUE(enormous.TryWalk({.x = -10'000, .y = -10'000}, {.x = 10'000, .y = 10'000}, kBegin));
    }
}

}  // namespace

}  // namespace game::test
