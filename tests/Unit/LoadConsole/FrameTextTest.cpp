#include "DummyClient/Console/FrameText.h"

#include <gtest/gtest.h>

#include <optional>
#include <string_view>
#include <vector>

#include "DummyClient/Console/TerminalSpace.h"

namespace loadtest {
namespace {

FrameLine LineOf(const FrameSpace& space, std::string_view text) {
    return FrameLine(space).Add(text);
}

TEST(FrameLine, IsNeverLongerThanItsSpace) {
    const FrameSpace space{.columns = 10};
    EXPECT_EQ(LineOf(space, "12345678").Add("abcdef").Text(), "12345678ab");
    EXPECT_EQ(LineOf(space, "12345678").PadTo(20).Add("x").Text(), "12345678");
    EXPECT_EQ(LineOf(space, "12").AddEndingAt(20, "x").Text(), "12");
    EXPECT_EQ(LineOf({.columns = 0}, "12").PadTo(3).Add("x").Text(), "");
}

TEST(FrameLine, AlignsToColumns) {
    const FrameSpace space{.columns = 40};
    EXPECT_EQ(LineOf(space, "a").PadTo(4).Add("b").AddEndingAt(10, "cde").Text(), "a   b  cde");
    EXPECT_EQ(LineOf(space, "abcdef").PadTo(4).Add("g").Text(), "abcdef g") << "what is too long keeps its distance";
    EXPECT_EQ(LineOf(space, "abcdef").AddEndingAt(7, "gh").Text(), "abcdef gh");
}

TEST(FrameLine, ColoursOnlyWhereItMay) {
    EXPECT_EQ(FrameLine({.colour = true}).Add("a").Add("b", FrameStyle::Bad).Text(), "a\x1B[1;31mb\x1B[0m");
    EXPECT_EQ(FrameLine({.colour = false}).Add("a").Add("b", FrameStyle::Bad).Text(), "ab");
    EXPECT_EQ(FrameLine({.columns = 2, .colour = true}).Add("abc", FrameStyle::Good).Text(), "\x1B[32mab\x1B[0m") << "and ends it";
}

TEST(ToFrame, LeavesOutWhatIsLeastImportantFromItsEnd) {
    FrameSpace space{.columns = 10, .rows = 24};
    const std::vector<FrameSection> sections = {
        {.importance = 3, .lines = {LineOf(space, "a1")}},
        {.importance = 1, .lines = {LineOf(space, "b1"), LineOf(space, "b2")}},
        {.importance = 2, .lines = {LineOf(space, "c1"), LineOf(space, "c2")}},
    };
    EXPECT_EQ(ToFrame(sections, space), "a1\nb1\nb2\nc1\nc2");
    space.rows = 4;
    EXPECT_EQ(ToFrame(sections, space), "a1\nb1\nc1\nc2");
    space.rows = 2;
    EXPECT_EQ(ToFrame(sections, space), "a1\nc1");
    space.rows = 0;
    EXPECT_EQ(ToFrame(sections, space), "");
}

class FakeTerminal final : public servercore::platform::Terminal {
public:
    [[nodiscard]] bool CanShow() const override { return true; }
    [[nodiscard]] bool CanColour() const override { return true; }
    [[nodiscard]] bool ShowsUtf8() const override { return false; }
    [[nodiscard]] bool CanReadKeys() const override { return false; }
    [[nodiscard]] std::optional<servercore::platform::TerminalSize> Size() const override { return size; }
    void ShowFrame(std::string_view) override {}
    void LeaveScreen() override {}
    [[nodiscard]] std::optional<servercore::platform::TerminalKey> TryReadKey() override { return std::nullopt; }

    std::optional<servercore::platform::TerminalSize> size;
};

TEST(SpaceOf, IsWhatTheTerminalSays) {
    FakeTerminal terminal;
    EXPECT_EQ(SpaceOf(terminal).columns, 80U);
    EXPECT_EQ(SpaceOf(terminal).rows, 24U);
    terminal.size = {.columns = 132, .rows = 40};
    EXPECT_EQ(SpaceOf(terminal).columns, 132U);
    EXPECT_EQ(SpaceOf(terminal).rows, 40U);
    EXPECT_TRUE(SpaceOf(terminal).colour);
    EXPECT_FALSE(SpaceOf(terminal).utf8);
}

}  // namespace
}  // namespace loadtest
