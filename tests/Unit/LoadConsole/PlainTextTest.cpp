#include "DummyClient/Console/PlainText.h"

#include <gtest/gtest.h>

namespace loadtest {
namespace {

using namespace std::string_view_literals;

TEST(PlainText, KeepsLetters) {
    EXPECT_EQ(PlainText("p99<20ms ok", false), "p99<20ms ok");
    EXPECT_EQ(PlainText("gr\u00F6\u00DFe \u0142", true), "gr\u00F6\u00DFe \u0142");
    EXPECT_EQ(PlainText("gr\u00F6\u00DFe", false), "gr??e");
}

TEST(PlainText, LeavesNothingThatMovesACursor) {
    EXPECT_EQ(PlainText("\x1B[2J\x1B]0;title\x07", true), "?[2J?]0;title?");
    EXPECT_EQ(PlainText("a\nb\rc\td\x7F\0e"sv, true), "a?b?c?d??e");
    EXPECT_EQ(PlainText("\xC2\x9B"
                        "2J",
                        true),
              "?2J")
        << "CSI in one character";
    EXPECT_EQ(PlainText("\x9B"
                        "2J",
                        true),
              "?2J")
        << "and as a byte";
}

TEST(PlainText, LeavesNothingOfUncertainWidthOrDirection) {
    EXPECT_EQ(PlainText("a\u202Eb", true), "a?b") << "right to left from here";
    EXPECT_EQ(PlainText("e\u0301", true), "e?") << "an accent for the character before";
    EXPECT_EQ(PlainText("\u4E2D\U0001F600", true), "??") << "two columns wide";
    EXPECT_EQ(PlainText("a\u200B\u00ADb", true), "a??b") << "without width";
    EXPECT_EQ(PlainText("\xFF\xC3", true), "??") << "no UTF-8";
}

TEST(PlainText, CountsAndCutsByColumns) {
    EXPECT_EQ(ColumnsOf("gr\u00F6\u00DFe"), 5U);
    EXPECT_EQ(FirstColumns("gr\u00F6\u00DFe", 3), "gr\u00F6");
    EXPECT_EQ(FirstColumns("ab", 3), "ab");
    EXPECT_EQ(FirstColumns("ab", 0), "");
}

}  // namespace
}  // namespace loadtest
