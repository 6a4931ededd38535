// What bots record, and what becomes of it.
#include "DummyClient/Kit/Latencies.h"

#include <gtest/gtest.h>

#include <chrono>

namespace loadtest {
namespace {

using namespace std::chrono_literals;

constexpr servercore::TimePoint kStart{1h};

TEST(Latencies, CountsFromTheIntendedAndFromTheRealTime) {
    Latencies latencies({"say"}, 2);
    latencies.Record("say", 5, {.intended = kStart, .sent = kStart + 30ms}, kStart + 40ms);
    const auto sample = latencies.TakeInterval();
    ASSERT_TRUE(sample.contains("say"));
    ASSERT_EQ(latencies.Totals().size(), 1U);
    EXPECT_NEAR(static_cast<double>(latencies.Totals()[0].response.MaxUs()), 40'000, 100);
    EXPECT_NEAR(static_cast<double>(latencies.Totals()[0].service.MaxUs()), 10'000, 100);
}

// In every build: a bot's author may have mistyped it.
TEST(LatenciesDeathTest, TakeNoKindThatTheBehaviourHasNotNamed) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    Latencies latencies({"say"}, 1);
    EXPECT_DEATH(latencies.Record("sya", 0, {.intended = kStart, .sent = kStart}, kStart), "assertion failed");
}

}  // namespace
}  // namespace loadtest
