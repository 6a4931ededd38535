#include "DummyClient/Console/ShortFigures.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "DummyClient/Console/Bars.h"

namespace loadtest {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(ShortFigures, AreForPeople) {
    EXPECT_EQ(ShortNumber(0), "0");
    EXPECT_EQ(ShortNumber(0.25), "0.25");
    EXPECT_EQ(ShortNumber(12345), "12,345");
    EXPECT_EQ(ShortNumber(99'999), "99,999");
    EXPECT_EQ(ShortNumber(1'234'567), "1.23 M");
    EXPECT_EQ(ShortNumber(999'999), "1.00 M");
    EXPECT_EQ(ShortMicroseconds(850), "850 us");
    EXPECT_EQ(ShortMicroseconds(12'300), "12.30 ms");
    EXPECT_EQ(ShortMicroseconds(1'200'000), "1.20 s");
    EXPECT_EQ(ShortMicroseconds(250e6), "250 s");
    EXPECT_EQ(ShortMicroseconds(2 * 3600e6), "2.0 h");
    EXPECT_EQ(ShortBytes(12), "12 B");
    EXPECT_EQ(ShortBytes(3'400'000), "3.40 MB");
    EXPECT_EQ(ShortTime(67.9), "1:07");
    EXPECT_EQ(ShortTime(3723), "1:02:03");
    EXPECT_EQ(ShortTime(12 * 86400 + 3 * 3600), "12 d 3 h");
}

TEST(ShortFigures, AreShortWhateverTheyAre) {
    for (const double size :
         {0.0, 0.004, 9.999, 99.996, 999.9996, 99999.4, 99999.6, 999499.0, 1e9, 1e12, 1.8e19, 1e21, 1e300, kInfinity, kNan}) {
        for (const double number : {size, -size}) {
            for (const std::string& text : {ShortNumber(number), ShortMicroseconds(number), ShortBytes(number), ShortTime(number)}) {
                EXPECT_LE(text.size(), kShortColumns) << text << " of " << number;
                EXPECT_FALSE(text.empty()) << number;
            }
        }
    }
}

TEST(Bars, FillAsFarAsItIs) {
    EXPECT_EQ(ProgressBar(0, 12), "[----------]");
    EXPECT_EQ(ProgressBar(0.5, 12), "[#####-----]");
    EXPECT_EQ(ProgressBar(1, 12), "[##########]");
    EXPECT_EQ(ProgressBar(7, 12), "[##########]");
    EXPECT_EQ(ProgressBar(kNan, 12), "[----------]");
    EXPECT_EQ(ProgressBar(0.5, 2), "");
}

TEST(Bars, ShowTheLastValuesByTheHighest) {
    const double values[] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    EXPECT_EQ(Sparkline(values, 20, false), "_.-~=+*##");
    EXPECT_EQ(Sparkline(values, 3, false), "*##");
    EXPECT_EQ(Sparkline(values, 20, true), "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588\u2588");
    EXPECT_EQ(Sparkline(values, 0, true), "");
    const double odd[] = {kNan, -5, kInfinity, 0};
    EXPECT_EQ(Sparkline(odd, 20, false), "____");
}

}  // namespace
}  // namespace loadtest
