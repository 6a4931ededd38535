#include "DummyClient/Scenario/BuiltInScenarios.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "tests/Unit/Scenario/TestBehaviours.h"

namespace loadtest::test {
namespace {

using namespace std::chrono_literals;

const std::vector<BehaviourInfo> kBehaviours = TestBehaviours();

Scenario Find(const std::string& name) {
    auto result = FindScenario(name, BuiltInScenarios(), kBehaviours);
    EXPECT_TRUE(result.scenario) << name << ": " << (result.mistakes.empty() ? "" : result.mistakes.front());
    return result.scenario.value_or(Scenario());
}

TEST(BuiltInScenarios, AreAllFoundUnderTheirNames) {
    for (const BuiltInScenario& builtIn : BuiltInScenarios()) {
        const Scenario scenario = Find(std::string(builtIn.name));
        EXPECT_EQ(scenario.name, builtIn.name);
        EXPECT_FALSE(scenario.about.empty());
        EXPECT_NE(ListScenarios(BuiltInScenarios()).find(scenario.about + "\n"), std::string::npos) << scenario.name;
    }
    EXPECT_EQ(BuiltInScenarios().size(), 8U);
}

TEST(BuiltInScenarios, AreWhatTheirNamesPromise) {
    const Scenario world = Find("world");
    EXPECT_EQ(world.groups.at(0).bots, 200U);
    EXPECT_EQ(world.groups.at(0).rate, 10);
    EXPECT_EQ(world.groups.at(0).options.at("chat_share"), "0.1");

    EXPECT_EQ(Find("walk").groups.at(0).options.at("chat_share"), "0");
    EXPECT_EQ(Find("chat").groups.at(0).options.at("chat_share"), "1");
    EXPECT_EQ(Find("chat").groups.at(0).rate, 1);
    EXPECT_EQ(Find("crowd").groups.at(0).options.at("zones"), "1");
    EXPECT_EQ(Find("crowd").groups.at(0).bots, 500U);
    EXPECT_EQ(Find("reconnect").groups.at(0).options.at("reconnect_every"), "5s");
    EXPECT_EQ(Find("echo").groups.at(0).behaviour, "echo");

    const GroupPlan storm = Find("login-storm").groups.at(0);
    EXPECT_EQ(storm.behaviour, "login");
    EXPECT_EQ(storm.shape.Joins(30s, storm.bots), 6000U);

    const Scenario idle = Find("idle");
    ASSERT_EQ(idle.groups.size(), 2U);
    EXPECT_EQ(idle.groups[0].bots, 10'000U);
    EXPECT_EQ(idle.groups[0].options.at("heartbeat"), "10s");
    EXPECT_EQ(idle.groups[1].bots, 2'000U);
}

TEST(BuiltInScenarios, AreWrittenSoThatTheyAreReadAgain) {
    for (const BuiltInScenario& builtIn : BuiltInScenarios()) {
        const Scenario scenario = Find(std::string(builtIn.name));
        const auto again = ReadScenario(ToToml(scenario, kBehaviours), "printed.toml", kBehaviours);
        ASSERT_TRUE(again.scenario) << again.mistakes.front();
        EXPECT_EQ(*again.scenario, scenario);
    }
}

TEST(FindScenario, ReadsAFileWhereThatIsNoBuiltInOne) {
    const std::string name = "servercore-find-scenario-" + std::to_string(std::random_device{}());
    const std::filesystem::path path = std::filesystem::temp_directory_path() / (name + ".toml");
    std::ofstream(path, std::ios::binary) << "seed = 5\n[[group]]\nbehaviour = 'echo'\n";
    const Scenario scenario = Find(path.string());
    EXPECT_EQ(scenario.name, name);
    EXPECT_EQ(scenario.seed, 5U);

    std::ofstream(path, std::ios::binary) << "# " << std::string(1U << 20U, 'x') << "\n";
    const auto tooLong = FindScenario(path.string(), BuiltInScenarios(), kBehaviours);
    EXPECT_EQ(tooLong.mistakes, std::vector<std::string>{path.string() + ":1:1: more than a megabyte; that is no scenario"});
    std::filesystem::remove(path);
}

TEST(FindScenario, ListsWhatThereIsForWhatThereIsNot) {
    const std::string all = "Built in are world, echo, walk, chat, crowd, login-storm, idle, reconnect";
    EXPECT_EQ(FindScenario("wrold", BuiltInScenarios(), kBehaviours).mistakes,
              std::vector<std::string>{"wrold: neither a file nor a built-in scenario; did you mean 'world'? " + all});
    EXPECT_EQ(FindScenario("no/such.toml", BuiltInScenarios(), kBehaviours).mistakes,
              std::vector<std::string>{"no/such.toml: neither a file nor a built-in scenario. " + all});
}

}  // namespace
}  // namespace loadtest::test
