#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>

#include "ServerCore/Base/Assert.h"
#include "ServerCore/Base/Bytes.h"
#include "ServerCore/Base/Clock.h"
#include "ServerCore/Base/Log.h"
#include "ServerCore/Base/Result.h"

namespace servercore::test {

namespace {

const std::error_code kRefused = std::make_error_code(std::errc::connection_refused);

TEST(Bytes, LoadsTheLowByteFirst) {
    constexpr std::array bytes = {std::byte{0x34}, std::byte{0x12}};
    static_assert(LoadLittleEndian16(bytes) == 0x1234);
}

TEST(Bytes, StoresAndLoadsEveryValueAtEveryAlignment) {
    alignas(8) std::array<std::byte, 12> bytes{};
    for (std::size_t offset = 0; offset < 8; ++offset) {
        for (unsigned value = 0; value <= 0xFFFF; value += 5) {
            const MutableBytes place = MutableBytes(bytes).subspan(offset, 2);
            StoreLittleEndian16(place, static_cast<std::uint16_t>(value));
            ASSERT_EQ(LoadLittleEndian16(place), value) << "at offset " << offset;
        }
    }
}

TEST(Bytes, StoreTouchesTwoBytesOnly) {
    std::array bytes = {std::byte{9}, std::byte{9}, std::byte{9}, std::byte{9}};
    StoreLittleEndian16(MutableBytes(bytes).subspan(1), 0xFFFF);
    EXPECT_EQ(bytes, (std::array{std::byte{9}, std::byte{0xFF}, std::byte{0xFF}, std::byte{9}}));
}

TEST(Result, HoldsAValue) {
    const Result<int> result = 7;
    ASSERT_TRUE(result.has_value());
    EXPECT_TRUE(static_cast<bool>(result));
    EXPECT_EQ(*result, 7);
    EXPECT_EQ(result.value(), 7);
    EXPECT_FALSE(result.error());
}

TEST(Result, HoldsAnError) {
    const Result<std::string> result = kRefused;
    EXPECT_FALSE(result.has_value());
    EXPECT_EQ(result.error(), std::errc::connection_refused);
}

TEST(Result, HandsOutAMoveOnlyValue) {
    Result<std::unique_ptr<int>> result = std::make_unique<int>(3);
    EXPECT_EQ(**result, 3);
    const std::unique_ptr<int> taken = *std::move(result);
    EXPECT_EQ(*taken, 3);
}

TEST(Result, GivesAccessToTheMembersOfItsValue) {
    Result<std::string> result = std::string("abc");
    result->push_back('d');
    EXPECT_EQ(result->size(), 4U);
}

TEST(ResultDeathTest, AskingAnErrorForItsValueAborts) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    Result<int> result = kRefused;
    EXPECT_DEATH(static_cast<void>(result.value()), "assertion failed: has_value");
    EXPECT_DEATH(static_cast<void>(*result), "assertion failed: has_value");
}

TEST(AssertDeathTest, VerifyPrintsTheExpressionAndThePlaceAndAborts) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    const int two = 2;
    EXPECT_DEATH(SC_VERIFY(two + two == 5), "BaseTest.cpp:.+: assertion failed: two \\+ two == 5");
}

TEST(Assert, VerifyOfTheTruthDoesNothing) {
    int evaluated = 0;
    SC_VERIFY(++evaluated == 1);
    EXPECT_EQ(evaluated, 1);
}

TEST(AssertDeathTest, AssertIsCheckedInDebugBuildsOnly) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_DEBUG_DEATH(SC_ASSERT(2 + 2 == 5), "assertion failed: 2 \\+ 2 == 5");
}

TEST(SteadyClock, NeverGoesBack) {
    const SteadyClock clock;
    TimePoint last = clock.Now();
    for (int i = 0; i < 1000; ++i) {
        const TimePoint now = clock.Now();
        ASSERT_GE(now, last);
        last = now;
    }
}

TEST(Logger, WritesFromItsLevelUp) {
    Logger log = Logger::ToStandardError("base-test", LogLevel::Warning);
    EXPECT_FALSE(log.Enabled(LogLevel::Debug));
    EXPECT_FALSE(log.Enabled(LogLevel::Info));
    EXPECT_TRUE(log.Enabled(LogLevel::Warning));
    EXPECT_TRUE(log.Enabled(LogLevel::Error));

    ::testing::internal::CaptureStderr();
    Logger captured = Logger::ToStandardError("base-test", LogLevel::Warning);
    captured.Info("below {}", 1);
    captured.Error("above {} {{}} %s", 2);
    const std::string text = ::testing::internal::GetCapturedStderr();
    EXPECT_EQ(text.find("below"), std::string::npos) << text;
    EXPECT_NE(text.find("base-test: above 2 {} %s"), std::string::npos) << text;
}

TEST(Logger, SilentEnablesNothing) {
    const Logger log = Logger::Silent();
    EXPECT_FALSE(log.Enabled(LogLevel::Error));
    EXPECT_FALSE(log.Enabled(LogLevel::Off));
}

}  // namespace

}  // namespace servercore::test
