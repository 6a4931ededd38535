#include "ServerCore/Platform/LineBuffer.h"

#include <gtest/gtest.h>

#include <string>

namespace servercore::platform {
namespace {

TEST(LineBuffer, CutsLinesWhereverTheInputIsCut) {
    LineBuffer lines;
    EXPECT_EQ(lines.TakeLine(), std::nullopt);
    lines.Append("sta");
    EXPECT_EQ(lines.TakeLine(), std::nullopt);
    lines.Append("tus\nsay a\r\n\nki");
    EXPECT_EQ(lines.TakeLine(), "status");
    EXPECT_EQ(lines.TakeLine(), "say a");
    EXPECT_EQ(lines.TakeLine(), "");
    EXPECT_EQ(lines.TakeLine(), std::nullopt);
    EXPECT_EQ(lines.TakeRest(), "ki");
    EXPECT_EQ(lines.TakeRest(), std::nullopt);
}

TEST(LineBuffer, KeepsTheBeginningOfALineThatIsTooLong) {
    LineBuffer lines;
    for (int i = 0; i < 100; ++i) {
        lines.Append(std::string(1000, 'x'));
        EXPECT_EQ(lines.TakeLine(), std::nullopt);
    }
    lines.Append("\nhelp\n");
    EXPECT_EQ(lines.TakeLine(), std::string(LineInput::kMaxLineBytes, 'x'));
    EXPECT_EQ(lines.TakeLine(), "help");
}

}  // namespace
}  // namespace servercore::platform
