#include "ServerCore/Base/LogLimiter.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include "tests/Support/FakeClock.h"

namespace servercore::test {

namespace {

using namespace std::chrono_literals;

class LogLimiterTest : public ::testing::Test {
protected:
    std::uint64_t CountAllowed(LogLimiter& limiter, LogKey key, int events, std::uint32_t kind = 0) {
        std::uint64_t allowed = 0;
        for (int i = 0; i < events; ++i) {
            allowed += limiter.TryAcquire(key, kind) ? 1U : 0U;
        }
        return allowed;
    }

    FakeClock clock;
};

TEST_F(LogLimiterTest, AllowsSoManyLinesASecond) {
    LogLimiter limiter(clock, {.linesPerSecond = 3, .maxKeys = 8});
    EXPECT_EQ(CountAllowed(limiter, "a", 10), 3U);
    clock.Advance(1s - 1ns);
    EXPECT_EQ(CountAllowed(limiter, "a", 10), 0U);
    clock.Advance(1ns);
    EXPECT_EQ(CountAllowed(limiter, "a", 10), 3U);
    EXPECT_EQ(limiter.TotalSuppressed(), 24U);
}

TEST_F(LogLimiterTest, AMillionEventsOverTenSecondsAreTenLinesASecondForEachReason) {
    LogLimiter limiter(clock, {});
    std::uint64_t lines[2] = {};
    std::uint64_t told = 0;
    for (unsigned i = 0; i < 1'000'000; ++i) {
        const unsigned reason = i % 2;
        if (const auto suppressed = limiter.TryAcquire("malformed packet", reason)) {
            ++lines[reason];
            told += suppressed->count;
        }
        clock.Advance(10us);
    }
    EXPECT_EQ(lines[0], 100U);
    EXPECT_EQ(lines[1], 100U);
    clock.Advance(1s);
    for (const std::uint32_t reason : {0U, 1U}) {
        told += limiter.TryAcquire("malformed packet", reason)->count;
    }
    EXPECT_EQ(told + lines[0] + lines[1], 1'000'000U) << "each event was written or told of";
}

TEST_F(LogLimiterTest, TheNextLineTellsHowManyWereKeptBack) {
    LogLimiter limiter(clock, {.linesPerSecond = 2, .maxKeys = 8});
    EXPECT_EQ(limiter.TryAcquire("a")->Note(), "");
    EXPECT_EQ(CountAllowed(limiter, "a", 201), 1U);
    clock.Advance(500ms);
    EXPECT_EQ(CountAllowed(limiter, "a", 212), 0U);
    clock.Advance(1600ms);
    EXPECT_EQ(limiter.TryAcquire("a")->Note(), " (412 more in the last 3 s)");
    EXPECT_EQ(limiter.TryAcquire("a")->Note(), "") << "told once";
}

TEST_F(LogLimiterTest, KeysAndTheirKindsAreIndependent) {
    LogLimiter limiter(clock, {.linesPerSecond = 1, .maxKeys = 8});
    EXPECT_EQ(CountAllowed(limiter, "a", 5), 1U);
    EXPECT_EQ(CountAllowed(limiter, "b", 5), 1U);
    EXPECT_EQ(CountAllowed(limiter, "a", 5, 7), 1U);
    EXPECT_EQ(CountAllowed(limiter, "a", 5, 7), 0U);
}

TEST_F(LogLimiterTest, EqualTextsAreOneKeyWhereverTheyStand) {
    static constexpr char kOne[] = "text";
    static constexpr char kOther[] = {'t', 'e', 'x', 't', '\0'};
    LogLimiter limiter(clock, {.linesPerSecond = 1, .maxKeys = 8});
    EXPECT_EQ(CountAllowed(limiter, kOne, 5), 1U);
    EXPECT_EQ(CountAllowed(limiter, kOther, 5), 0U);
}

TEST_F(LogLimiterTest, KeysBeyondItsRoomShareTheAllowanceOfOne) {
    LogLimiter limiter(clock, {.linesPerSecond = 1, .maxKeys = 2});
    std::uint64_t allowed = 0;
    for (std::uint32_t kind = 0; kind < 1000; ++kind) {
        allowed += CountAllowed(limiter, "kind", 2, kind);
    }
    EXPECT_EQ(allowed, 3U);
    EXPECT_EQ(CountAllowed(limiter, "kind", 2, 1), 0U) << "who had a place keeps it";
    clock.Advance(1s);
    EXPECT_EQ(limiter.TryAcquire("kind", 1000)->count, 2 * 998U - 1);
}

TEST_F(LogLimiterTest, ARateOfZeroKeepsEverythingBack) {
    LogLimiter limiter(clock, {.linesPerSecond = 0, .maxKeys = 8});
    EXPECT_EQ(CountAllowed(limiter, "a", 5), 0U);
    EXPECT_EQ(limiter.TotalSuppressed(), 5U);
}

TEST_F(LogLimiterTest, CountsEachEventOnceWhicheverThreadItComesFrom) {
    constexpr int kThreads = 4;
    constexpr int kEvents = 20000 / SERVERCORE_TESTS_SLOWDOWN;
    LogLimiter limiter(clock, {.linesPerSecond = 10, .maxKeys = 2});
    std::atomic<std::uint64_t> accounted = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < kEvents; ++i) {
                if (const auto suppressed = limiter.TryAcquire("shared", static_cast<std::uint32_t>(i % 4))) {
                    accounted.fetch_add(1 + suppressed->count);
                }
                clock.Advance(1ms);
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    clock.Advance(1s);
    for (std::uint32_t kind = 0; kind < 4; ++kind) {
        accounted.fetch_add(limiter.TryAcquire("shared", kind)->count);
    }
    EXPECT_EQ(accounted.load(), std::uint64_t{kThreads} * kEvents);
}

}  // namespace

}  // namespace servercore::test
