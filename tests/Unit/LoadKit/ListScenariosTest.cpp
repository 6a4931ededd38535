// What can be run, for people.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "DummyClient/Kit/LoadTester.h"

namespace loadtest {
namespace {

constexpr BuiltInScenario kScenarios[] = {{"room", "about = \"ten ask\"\n"}, {"door", "name = \"door\"\nabout = \"they come and go\"\n"}};

LoadTester Tester() {
    LoadTester tester{.program = "Rooms", .about = "rooms.", .version = "1", .behaviours = {}, .scenarios = kScenarios};
    tester.behaviours.push_back({.info = {.name = "ask",
                                          .about = "asks",
                                          .options = {{.name = "loud", .defaultValue = "false", .about = "shouts"},
                                                      {.name = "tag", .defaultValue = "bot", .about = "its name begins with it"}}},
                                 .kinds = {},
                                 .make = {}});
    tester.behaviours.push_back({.info = {.name = "visit", .about = "comes and goes", .options = {}}, .kinds = {}, .make = {}});
    return tester;
}

TEST(ListScenarios, NamesScenariosAndBehavioursWithTheirOptions) {
    const servercore::app::CommandLineEnd end = ListScenariosCommand(Tester(), {});
    EXPECT_EQ(end.exitCode, 0);
    EXPECT_EQ(end.message,
              "Scenarios ('Rooms run NAME'; --print shows one as TOML, to be changed and run as a file):\n"
              "  room         ten ask\n"
              "  door         they come and go\n"
              "\n"
              "What the bots of a group can do (behaviour = \"NAME\"), and their options (--set):\n"
              "  ask          asks\n"
              "    loud               shouts [false]\n"
              "    tag                its name begins with it [bot]\n"
              "  visit        comes and goes\n");
}

TEST(ListScenarios, TakesNoOptions) {
    const servercore::app::CommandLineEnd end = ListScenariosCommand(Tester(), std::vector<std::string>{"room"});
    EXPECT_EQ(end.exitCode, 2);
    EXPECT_EQ(end.message, "Rooms: 'Rooms scenarios' takes no options\n");
}

}  // namespace
}  // namespace loadtest
