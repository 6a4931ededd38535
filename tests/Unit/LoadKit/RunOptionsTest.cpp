#include "DummyClient/Kit/RunOptions.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "DummyClient/Scenario/ScenarioFile.h"

namespace loadtest {
namespace {

using namespace std::chrono_literals;
using Arguments = std::vector<std::string>;

constexpr std::string_view kRoom = R"(name = "room"
about = "ten ask, and some come later"
duration = "20s"
warm_up = "1s"
thresholds = ["ask.p99<50ms"]

[[group]]
name = "regulars"
behaviour = "ask"
bots = 8
rate = 5

[[group]]
name = "guests"
behaviour = "ask"
bots = 2
rate = 10

[group.options]
tag = "guest"
)";

constexpr std::string_view kDoor = R"(name = "door"
about = "they only come and go"
duration = "10s"

[[group]]
behaviour = "visit"
bots = 3
)";

constexpr BuiltInScenario kScenarios[] = {{"room", kRoom}, {"door", kDoor}};

LoadTester Tester() {
    LoadTester tester{.program = "Rooms", .about = "rooms.", .version = "1.2.3, protocol 4", .behaviours = {}, .scenarios = kScenarios};
    tester.behaviours.push_back({.info = {.name = "ask",
                                          .about = "asks",
                                          .options = {{.name = "loud", .defaultValue = "false", .about = "shouts"},
                                                      {.name = "tag", .defaultValue = "bot", .about = "its name begins with it"}}},
                                 .kinds = {"ask"},
                                 .make = {},
                                 .findMistake = [](const Scenario&, const GroupPlan& group) -> std::string {
                                     return group.options.at("tag") == "forbidden" ? "tag: that one is taken; choose another" : "";
                                 }});
    tester.behaviours.push_back(
        {.info = {.name = "visit", .about = "comes and goes", .options = {}, .hasRate = false}, .kinds = {"enter"}, .make = {}});
    return tester;
}

RunOptionsResult Parse(const Arguments& arguments) {
    static const LoadTester tester = Tester();
    return ParseRunOptions(tester, arguments);
}

RunOptions Options(const Arguments& arguments) {
    const RunOptionsResult result = Parse(arguments);
    if (!result.options) {
        ADD_FAILURE() << result.end.message;
        return {};
    }
    return *result.options;
}

TEST(RunOptions, AreThoseOfTheFirstScenarioWhenNothingIsSaid) {
    const RunOptions options = Options({});
    EXPECT_EQ(options.scenario.name, "room");
    EXPECT_EQ(options.scenario.duration, 20s);
    EXPECT_EQ(options.connectText, "127.0.0.1:7777");
    EXPECT_EQ(options.connect.host, "127.0.0.1");
    EXPECT_EQ(options.connect.port, 7777);
    EXPECT_TRUE(options.sources.empty());
    EXPECT_GE(options.workers, 1U);
    EXPECT_FALSE(options.abortOnFail);
    EXPECT_FALSE(options.isPlain);
    EXPECT_EQ(options.maxLatePercent, 10);
    EXPECT_EQ(options.files.json + options.files.csv + options.files.hgrm + options.files.junit + options.files.html, "");
    EXPECT_EQ(options.commandLine, "Rooms run");
    EXPECT_EQ(options.configuration, ToToml(options.scenario, Tester().BehaviourInfos()));
}

TEST(RunOptions, ChooseAScenarioByName) {
    EXPECT_EQ(Options({"door"}).scenario.name, "door");
    EXPECT_EQ(Options({"door"}).commandLine, "Rooms run door");
}

TEST(RunOptions, OfTheScenarioOverrideIt) {
    const Scenario scenario = Options({"--bots", "20", "--seconds", "2.5", "--warm-up", "0", "--rate", "7", "--connect-rate", "33",
                                       "--seed", "9", "--set", "loud=true", "--set", "tag=all"})
                                  .scenario;
    EXPECT_EQ(scenario.groups[0].bots, 16U);
    EXPECT_EQ(scenario.groups[1].bots, 4U);
    EXPECT_EQ(scenario.duration, 2500ms);
    EXPECT_EQ(scenario.warmUp, 0s);
    EXPECT_EQ(scenario.connectRate, 33);
    EXPECT_EQ(scenario.seed, 9U);
    for (const GroupPlan& group : scenario.groups) {
        EXPECT_EQ(group.rate, 7);
        EXPECT_EQ(group.options.at("loud"), "true");
        EXPECT_EQ(group.options.at("tag"), "all");
    }
}

TEST(RunOptions, OfTheRunAreTakenAsTheyAre) {
    const RunOptions options = Options({"--connect", "game.example:1234", "--from", "127.0.0.2,127.0.0.3", "--from", "::1", "--workers",
                                        "3", "--plain", "--abort-on-fail", "--max-late", "2.5"});
    EXPECT_EQ(options.connectText, "game.example:1234");
    EXPECT_EQ(options.connect.host, "game.example");
    EXPECT_EQ(options.connect.port, 1234);
    EXPECT_EQ(options.sources, (Arguments{"127.0.0.2", "127.0.0.3", "::1"}));
    EXPECT_EQ(options.workers, 3U);
    EXPECT_TRUE(options.isPlain);
    EXPECT_TRUE(options.abortOnFail);
    EXPECT_EQ(options.maxLatePercent, 2.5);
}

TEST(RunOptions, OfTheReportNameItsFiles) {
    const ReportFiles files = Options({"--json", "a", "--csv", "b", "--hgrm", "c", "--junit", "d", "--html", "e"}).files;
    EXPECT_EQ(files.json + files.csv + files.hgrm + files.junit + files.html, "abcde");
}

std::vector<std::string> TextsOf(const std::vector<Threshold>& thresholds) {
    std::vector<std::string> texts;
    for (const Threshold& threshold : thresholds) {
        texts.push_back(threshold.text);
    }
    return texts;
}

TEST(RunOptions, AddThresholdsToThoseOfTheScenario) {
    const RunOptions options = Options({"--threshold", "p99<20ms", "--threshold", "connect_fail==0"});
    EXPECT_EQ(TextsOf(options.thresholds), (std::vector<std::string>{"ask.p99<50ms", "p99<20ms", "connect_fail==0"}));
    EXPECT_EQ(options.scenario.thresholds, TextsOf(options.thresholds));
    EXPECT_EQ(Options({"door"}).thresholds.size(), 0U);
}

TEST(RunOptions, PrintTheScenarioThatTheyMake) {
    const RunOptionsResult printed = Parse({"--bots", "20", "--set", "tag=all", "--threshold", "errors==0", "--print"});
    EXPECT_FALSE(printed.options);
    EXPECT_EQ(printed.end.exitCode, 0);

    const ReadScenarioResult read = ReadScenario(printed.end.message, "printed", Tester().BehaviourInfos());
    ASSERT_TRUE(read.scenario) << printed.end.message;
    EXPECT_EQ(*read.scenario, Options({"--bots", "20", "--set", "tag=all", "--threshold", "errors==0"}).scenario);

    const std::string path = ::testing::TempDir() + "RunOptionsPrinted.toml";
    std::ofstream(path, std::ios::binary) << printed.end.message;
    EXPECT_EQ(Parse({path, "--print"}).end.message, printed.end.message);
}

TEST(RunOptions, SayWhatIsWrongAndWhatWouldBeRight) {
    const std::pair<Arguments, std::string> mistakes[] = {
        {{"rom"}, "rom: neither a file nor a built-in scenario; did you mean 'room'? Built in are room, door"},
        {{"room", "door"}, "door"},
        {{"--nonsense"}, "--nonsense"},
        {{"--connect", "nowhere"}, "'nowhere' is not HOST:PORT; write for example 127.0.0.1:7777"},
        {{"--connect", "127.0.0.1:0"}, "nobody listens on port 0; give the port that the server printed"},
        {{"--connect"}, "--connect"},
        {{"--workers", "0"}, "--workers"},
        {{"--workers", "257"}, "--workers"},
        {{"--bots", "0"}, "--bots"},
        {{"--bots", "100001"}, "--bots"},
        {{"--bots", "many"}, "--bots"},
        {{"--seconds", "0"}, "--seconds"},
        {{"--seconds", "604801"}, "--seconds"},
        {{"--warm-up", "-1"}, "--warm-up"},
        {{"--rate", "0"}, "--rate"},
        {{"--rate", "10001"}, "--rate"},
        {{"--connect-rate", "0"}, "--connect-rate"},
        {{"--seed", "-1"}, "--seed"},
        {{"--seed", "x"}, "--seed"},
        {{"--max-late", "101"}, "--max-late"},
        {{"--set", "loud"}, "loud"},
        {{"--set", "lod=true"}, "loud"},
        {{"--set", "loud=perhaps"}, "loud"},
        {{"--set", "tag=forbidden"}, "group regulars: tag: that one is taken; choose another"},
        {{"door", "--rate", "5"}, "rate"},
        {{"door", "--set", "loud=true"}, "loud"},
        {{"--threshold", "p99"}, "p99"},
        {{"--threshold", "say.p99<5ms"}, "ask"},
        {{"door", "--threshold", "ask.p99<5ms"}, "enter"},
        {{"--json"}, "--json"},
    };
    for (const auto& [arguments, text] : mistakes) {
        const RunOptionsResult result = Parse(arguments);
        const std::string& message = result.end.message;
        SCOPED_TRACE(message);
        EXPECT_FALSE(result.options);
        EXPECT_EQ(result.end.exitCode, 2);
        EXPECT_NE(message.find(text), std::string::npos) << text;
        EXPECT_EQ(message.rfind("Rooms", 0), 0U);
        EXPECT_EQ(message.back(), '\n');
    }
}

TEST(RunOptions, SayAllThatIsWrongInAFile) {
    const std::string path = ::testing::TempDir() + "RunOptionsWrong.toml";
    std::ofstream(path, std::ios::binary) << "speed = 1\n[[group]]\nbehaviour = 'ask'\nbots = 1\ntempo = 3\n";
    const RunOptionsResult result = Parse({path});
    EXPECT_EQ(result.end.exitCode, 2);
    EXPECT_NE(result.end.message.find("speed"), std::string::npos);
    EXPECT_NE(result.end.message.find("tempo"), std::string::npos);
}

TEST(RunOptions, FindAThresholdOfTheScenarioThatMakesNoSense) {
    const std::string path = ::testing::TempDir() + "RunOptionsThreshold.toml";
    std::ofstream(path, std::ios::binary) << "thresholds = ['say.p99<5ms']\n[[group]]\nbehaviour = 'ask'\nbots = 1\n";
    const RunOptionsResult result = Parse({path});
    EXPECT_EQ(result.end.exitCode, 2);
    EXPECT_NE(result.end.message.find("say"), std::string::npos);
}

TEST(RunOptions, AnswerHelpAndVersion) {
    const RunOptionsResult version = Parse({"--version"});
    EXPECT_FALSE(version.options);
    EXPECT_EQ(version.end.exitCode, 0);
    EXPECT_EQ(version.end.message, "Rooms run 1.2.3, protocol 4\n");
    EXPECT_EQ(Parse({"--help"}).end.exitCode, 0);
    EXPECT_EQ(Parse({"-h"}).end.message, Parse({"--help"}).end.message);
}

// The tests above name each of these; whoever adds one adds a test.
TEST(RunOptions, AreAllTested) {
    const std::set<std::string> tested = {"--help",  "--version",       "--print",        "--connect",  "--from",    "--workers",
                                          "--plain", "--bots",          "--seconds",      "--rate",     "--warm-up", "--seed",
                                          "--set",   "--json",          "--connect-rate", "--csv",      "--hgrm",    "--junit",
                                          "--html",  "--abort-on-fail", "--max-late",     "--threshold"};
    std::set<std::string> known;
    std::istringstream help(Parse({"--help"}).end.message);
    for (std::string line; std::getline(help, line);) {
        const std::size_t option = line.find("--");
        if (line.starts_with("  -") && option != std::string::npos && option <= 6) {
            known.insert(line.substr(option, line.find_first_of(" ,=", option) - option));
        }
    }
    EXPECT_EQ(known, tested);
}

// The exit code of what only the run itself finds.
TEST(RunOptions, OfASourceMustBeANumericAddress) {
    for (const std::string source : {"nonsense", "127.0.0.2:5", "1.2.3", "::g"}) {
        const servercore::app::CommandLineEnd end = RunLoadCommand(Tester(), Arguments{"--connect", "127.0.0.1:9", "--from", source});
        EXPECT_EQ(end.exitCode, 2);
        EXPECT_EQ(end.message, "Rooms: --from " + source + " is no numeric address\n");
    }
}

}  // namespace
}  // namespace loadtest
