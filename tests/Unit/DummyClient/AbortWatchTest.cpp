#include "DummyClient/Kit/AbortWatch.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace loadtest {
namespace {

AbortWatch Watch(const std::string& text) {
    return AbortWatch({ParseThreshold(text).threshold.value()});
}

RunReport Slow() {
    RunReport report;
    report.totals.seconds = 1;
    report.totals.connectsFailed = 1;
    report.latency.push_back({.name = "ping", .response = {}, .service = {}});
    report.latency.back().response.RecordUs(50'000);
    return report;
}

// Nothing before the last of so many looks.
std::optional<std::string> LookOften(AbortWatch& watch, const RunReport& report) {
    for (int look = 1; look < AbortWatch::kLooks; ++look) {
        EXPECT_FALSE(watch.Look(report)) << look;
    }
    return watch.Look(report);
}

TEST(AbortWatch, EndsARunWhoseLimitIsExceededAtSeveralLooks) {
    for (const char* text : {"ping.p99<20ms", "p99<=20ms", "connect_fail==0"}) {
        AbortWatch watch = Watch(text);
        EXPECT_EQ(LookOften(watch, Slow()), text);
    }
}

TEST(AbortWatch, ForgetsWhatWasExceededWhenItIsNoMore) {
    AbortWatch watch = Watch("ping.p99<60ms");
    RunReport slower = Slow();
    slower.latency.back().response.RecordUs(100'000);
    for (int look = 1; look < AbortWatch::kLooks; ++look) {
        EXPECT_FALSE(watch.Look(slower));
    }

    EXPECT_FALSE(watch.Look(Slow()));

    EXPECT_EQ(LookOften(watch, slower), "ping.p99<60ms");
}

TEST(AbortWatch, WaitsForWhatMayYetBeMet) {
    for (const char* text : {"sent>=1000", "chat.p99<1ms", "p50!=50ms", "sent==10", "ping.max<1s"}) {
        AbortWatch watch = Watch(text);
        EXPECT_FALSE(LookOften(watch, Slow())) << text;
    }
}

TEST(AbortWatch, IsIdleWithoutLimits) {
    EXPECT_TRUE(AbortWatch({}).IsIdle());
    EXPECT_TRUE(Watch("sent>=1000").IsIdle());
    EXPECT_FALSE(Watch("p99<1s").IsIdle());
}

}  // namespace
}  // namespace loadtest
