#include "DummyClient/World/Walk.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <optional>

namespace loadtest {
namespace {

using namespace std::chrono_literals;
using servercore::TimePoint;

constexpr double kRounding = 0.75;  // to whole units on both axes

double Distance(Point a, Point b) {
    return std::hypot(a.x - b.x, a.y - b.y);
}

TEST(Walk, KeepsTo60PercentOfTheSpeedAndInsideTheZone) {
    for (const auto pause : {1ms, 20ms, 100ms, 900ms}) {
        TimePoint now{};
        Walk walk(1, 9);
        Point at{.x = 9'000, .y = -9'000};
        walk.Start(at, 1000, now);
        TimePoint lastStep = now;
        for (int i = 0; i < 2000; ++i) {
            now += pause;
            if (const std::optional<Point> next = walk.TryStep(now)) {
                ASSERT_TRUE(game::protocol::IsInZone(next->x, next->y));
                ASSERT_NE(*next, at);
                ASSERT_LE(Distance(at, *next), 600 * std::chrono::duration<double>(now - lastStep).count() + kRounding);
                at = *next;
                lastStep = now;
            }
        }
        EXPECT_LT(now - lastStep, 100ms + pause);
    }
}

TEST(Walk, WaitsUntilThereIsTimeForAUnit) {
    Walk walk(1, 1);
    walk.Start({.x = 0, .y = 0}, 1, TimePoint{});

    EXPECT_EQ(walk.TryStep(TimePoint{} + 1600ms), std::nullopt);
    EXPECT_NE(walk.TryStep(TimePoint{} + 1700ms), std::nullopt);
}

TEST(Walk, DoesNotMakeUpForALongPause) {
    Walk walk(1, 1);
    const Point start{.x = 0, .y = 0};
    walk.Start(start, 1000, TimePoint{});

    EXPECT_LE(Distance(start, *walk.TryStep(TimePoint{} + 1h)), 1200 + kRounding);
}

TEST(Walk, GoesOnFromWhereItWasPut) {
    Walk walk(1, 1);
    walk.Start({.x = 5'000, .y = 5'000}, 1000, TimePoint{});
    walk.PutAt({.x = -5'000, .y = -5'000});

    EXPECT_LE(Distance({.x = -5'000, .y = -5'000}, *walk.TryStep(TimePoint{} + 100ms)), 60 + kRounding);
}

TEST(Walk, GoesOnWhereThereIsNoLimit) {
    Walk walk(1, 1);
    walk.Start({.x = 0, .y = 0}, 0, TimePoint{});

    EXPECT_GT(Distance({.x = 0, .y = 0}, *walk.TryStep(TimePoint{} + 1s)), 100);
}

TEST(Walk, SeesMuchOfTheZone) {
    Walk walk(1, 4);
    TimePoint now{};
    walk.Start({.x = 0, .y = 0}, 1000, now);
    bool west = false;
    bool east = false;
    for (int i = 0; i < 1000; ++i) {
        const Point at = *walk.TryStep(now += 1s);
        west = west || at.x < -5'000;
        east = east || at.x > 5'000;
    }
    EXPECT_TRUE(west && east);
}

}  // namespace
}  // namespace loadtest
