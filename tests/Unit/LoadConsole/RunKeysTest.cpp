#include "DummyClient/Console/RunKeys.h"

#include <gtest/gtest.h>

namespace loadtest {
namespace {

using servercore::platform::TerminalKey;

std::optional<RunOrder> OrderOf(char character) {
    return ToRunOrder({.kind = TerminalKey::Kind::Character, .character = character});
}

TEST(RunKeys, EachAsksForItsOrder) {
    EXPECT_EQ(OrderOf('+'), RunOrder::AddBots);
    EXPECT_EQ(OrderOf('='), RunOrder::AddBots);
    EXPECT_EQ(OrderOf('-'), RunOrder::RemoveBots);
    EXPECT_EQ(OrderOf('p'), RunOrder::TogglePause);
    EXPECT_EQ(OrderOf('P'), RunOrder::TogglePause);
    EXPECT_EQ(OrderOf('q'), RunOrder::Finish);
    EXPECT_EQ(OrderOf('Q'), RunOrder::Finish);
    EXPECT_EQ(OrderOf('?'), RunOrder::ToggleHelp);
    EXPECT_EQ(ToRunOrder({.kind = TerminalKey::Kind::Up}), RunOrder::AddBots);
    EXPECT_EQ(ToRunOrder({.kind = TerminalKey::Kind::Down}), RunOrder::RemoveBots);
}

TEST(RunKeys, OthersAskForNothing) {
    int orders = 0;
    for (char character = ' '; character <= '~'; ++character) {
        orders += OrderOf(character) ? 1 : 0;
    }
    EXPECT_EQ(orders, 8);
}

TEST(RunKeys, HelpNamesKeysThatWork) {
    for (const std::string_view line : kKeyHelp) {
        EXPECT_TRUE(OrderOf(line.front())) << line;
        EXPECT_LT(line.size(), 79U) << line;
        EXPECT_NE(kKeyLine.find(line.front()), std::string_view::npos) << line;
    }
}

}  // namespace
}  // namespace loadtest
