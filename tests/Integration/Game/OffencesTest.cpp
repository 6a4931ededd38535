#include "GameServer/Offences.h"

#include <gtest/gtest.h>

#include <chrono>

namespace game::test {
namespace {

using namespace std::chrono_literals;
using servercore::TimePoint;

TEST(OffenceWindow, AllowsTwoInAMinute) {
    OffenceWindow window;
    const TimePoint start{};
    for (int minute = 0; minute < 10; ++minute) {
        EXPECT_FALSE(window.IsTooMany(start + minute * 1min));
        EXPECT_FALSE(window.IsTooMany(start + minute * 1min + 30s));
    }
}

TEST(OffenceWindow, HasEnoughAtTheThirdWithinAMinuteOfTheFirst) {
    OffenceWindow window;
    const TimePoint start{};
    EXPECT_FALSE(window.IsTooMany(start));
    EXPECT_FALSE(window.IsTooMany(start + 30s));
    EXPECT_FALSE(window.IsTooMany(start + 60s));  // the first is a minute old
    EXPECT_TRUE(window.IsTooMany(start + 89s));
}

TEST(OffenceCounts, CountEachVerdictForItself) {
    OffenceCounts counts;
    counts.Count(servercore::PacketVerdict::Unknown);
    counts.Count(servercore::PacketVerdict::Malformed);
    counts.Count(servercore::PacketVerdict::Malformed);

    EXPECT_EQ(counts.Of(servercore::PacketVerdict::Malformed), 2U);
    EXPECT_EQ(ToString(counts), "offences unknown=1 wrong_state=0 too_large=0 too_costly=0 malformed=2 refused=0\n");
}

}  // namespace
}  // namespace game::test
