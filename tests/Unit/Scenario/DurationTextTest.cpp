#include "DummyClient/Scenario/DurationText.h"

#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <string>

namespace loadtest {
namespace {

using namespace std::chrono_literals;
using servercore::Duration;

TEST(DurationText, TakesANumberAndAUnit) {
    EXPECT_EQ(ParseDuration("5s"), 5s);
    EXPECT_EQ(ParseDuration("200ms"), 200ms);
    EXPECT_EQ(ParseDuration("2m"), 2min);
    EXPECT_EQ(ParseDuration("1h"), 1h);
    EXPECT_EQ(ParseDuration("0s"), 0s);
    EXPECT_EQ(ParseDuration("1.5s"), 1500ms);
    EXPECT_EQ(ParseDuration("0.000001ms"), 1ns);
    EXPECT_EQ(ParseDuration("0.0000019ms"), 1ns);
    EXPECT_EQ(ParseDuration("0.99999999999999999999s"), 1s - 1ns);
    EXPECT_EQ(ParseDuration("0.1h"), 6min);
}

TEST(DurationText, RefusesEverythingElse) {
    for (const char* text : {"", "5", "s", "5 s", " 5s", "5s ", "5S", "5sec", "-5s", "+5s", ".5s", "5.s", "1.2.3s", "1m30s", "5us", "1e3s",
                             "99999999999999999999999999h", "876001h"}) {
        EXPECT_EQ(ParseDuration(text), std::nullopt) << text;
    }
}

TEST(DurationText, WritesTheGreatestUnitThatIsWhole) {
    EXPECT_EQ(ToText(0s), "0s");
    EXPECT_EQ(ToText(2h), "2h");
    EXPECT_EQ(ToText(90min), "90m");
    EXPECT_EQ(ToText(90s), "90s");
    EXPECT_EQ(ToText(1500ms), "1500ms");
    EXPECT_EQ(ToText(1500us), "1.500000ms");
    EXPECT_EQ(ToText(1ns), "0.000001ms");
}

TEST(DurationText, ReadsWhatItHasWritten) {
    std::mt19937_64 random(2);
    for (int i = 0; i < 10'000; ++i) {
        const Duration duration(static_cast<Duration::rep>(random() >> (2 + random() % 60)));
        ASSERT_EQ(ParseDuration(ToText(duration)), duration > 876'000h ? std::nullopt : std::optional(duration)) << ToText(duration);
    }
}

}  // namespace
}  // namespace loadtest
