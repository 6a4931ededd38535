#include <gtest/gtest.h>

#include <span>
#include <string>

#include "ServerCore/Packet/Utf8.h"
#include "ServerCore/Packet/WireReader.h"

namespace servercore::test {
namespace {

bool IsText(const std::string& text) {
    return IsUtf8(std::as_bytes(std::span(text)));
}

TEST(Utf8, TakesEveryLengthOfCharacterAtItsEnds) {
    for (const char* text : {"", "plain", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF",
                             "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
        EXPECT_TRUE(IsText(text)) << ::testing::PrintToString(text);
    }
}

TEST(Utf8, RefusesOverlongFormsSurrogatesAndBrokenCharacters) {
    for (const char* text :
         {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2\x7F", "\xE0\x9F\xBF", "\xE1\x80", "\xED\xA0\x80", "\xEF\xBF",
          "\xEF\xBF\x7F", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF1\x80\x80", "\xF5\x80\x80\x80", "\xFF"}) {
        EXPECT_FALSE(IsText(text)) << ::testing::PrintToString(text);
    }
}

TEST(WireReader, ReadsTagsAndValues) {
    const std::string bytes("\x08\x96\x01\x12\x02hi\x1D\x01\x02\x03\x04", 12);
    WireReader reader(std::as_bytes(std::span(bytes)));
    std::uint32_t number = 0;
    WireType type{};
    std::uint64_t value = 0;
    ConstBytes contents;

    ASSERT_TRUE(reader.ReadTag(number, type) && reader.ReadVarint(value));
    EXPECT_EQ(number, 1U);
    EXPECT_EQ(value, 150U);
    ASSERT_TRUE(reader.ReadTag(number, type) && reader.ReadBytes(contents));
    EXPECT_EQ(type, WireType::Length);
    EXPECT_EQ(contents.size(), 2U);
    ASSERT_TRUE(reader.ReadTag(number, type) && reader.SkipValue(type));
    EXPECT_EQ(type, WireType::Fixed32);
    EXPECT_TRUE(reader.IsAtEnd());
}

TEST(WireReader, RefusesWhatEndsTooEarly) {
    for (const std::string& bytes : {std::string("\x80"), std::string("\x08"), std::string("\x12\x03hi"), std::string("\x1D\x01\x02\x03"),
                                     std::string("\x11\x01\x02\x03\x04\x05\x06\x07"), std::string(11, '\x80'), std::string("\x06")}) {
        WireReader reader(std::as_bytes(std::span(bytes)));
        std::uint32_t number = 0;
        WireType type{};
        EXPECT_FALSE(reader.ReadTag(number, type) && reader.SkipValue(type)) << ::testing::PrintToString(bytes);
    }
}

}  // namespace
}  // namespace servercore::test
