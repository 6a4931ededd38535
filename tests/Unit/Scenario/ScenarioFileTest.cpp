#include "DummyClient/Scenario/ScenarioFile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "DummyClient/Scenario/BuiltInScenarios.h"
#include "DummyClient/Scenario/ScenarioKeys.h"
#include "tests/Unit/Scenario/RandomScenario.h"
#include "tests/Unit/Scenario/TestBehaviours.h"

namespace loadtest::test {
namespace {

using namespace std::chrono_literals;

const std::vector<BehaviourInfo> kBehaviours = TestBehaviours();

ReadScenarioResult Read(std::string_view toml) {
    return ReadScenario(toml, "f.toml", kBehaviours);
}

// All mistakes, a line each, without the file's name.
std::string Mistakes(std::string_view toml) {
    std::string all;
    for (const std::string& mistake : Read(toml).mistakes) {
        EXPECT_TRUE(mistake.starts_with("f.toml:")) << mistake;
        all += mistake.substr(7) + "\n";
    }
    return all;
}

// A group with that in it.
std::string Group(const std::string& keys) {
    return "[[group]]\nbehaviour = 'player'\n" + keys + "\n";
}

// --- What is read ------------------------------------------------------------------------------------------------------

TEST(ScenarioFile, TakesDefaultsForWhatIsNotThere) {
    const auto result = ReadScenario("[[group]]\nbehaviour = 'player'\n", "scenarios/mine.toml", kBehaviours);
    ASSERT_TRUE(result.scenario);
    Scenario expected;
    expected.name = "mine";
    expected.duration = 30s;
    expected.groups = {{.name = "player",
                        .behaviour = "player",
                        .bots = 200,
                        .rate = 10,
                        .think = ThinkTime::Even,
                        .shape = {},
                        .options = {{"chat_share", "0.1"},
                                    {"zones", "0"},
                                    {"first_zone", "1"},
                                    {"whisper", "false"},
                                    {"switch_every", "0s"},
                                    {"reconnect_every", "0s"},
                                    {"tag", "bot"}}}};
    EXPECT_EQ(*result.scenario, expected);
}

TEST(ScenarioFile, ReadsEveryKey) {
    const auto result = Read(R"(
name = "rush"
about = "an evening"
seed = 7
warm_up = "1.5s"
duration = "2m"
connect_rate = 0.5
thresholds = ["p99<20ms", 'error_rate<0.1%']
[[group]]
name = "walkers"
behaviour = "player"
bots = 1000
rate = 2.5
think = "lognormal"
shape = { kind = "spike", base = 100, at = "10s", length = "200ms", every = "1m" }
[group.options]
chat_share = 1
whisper = true
switch_every = "90s"
tag = "w"
[[group]]
name = "logins"
behaviour = "login"
[group.shape]
kind = "arrival"
per_second = 20
stay = "1h"
random = true
)");
    ASSERT_TRUE(result.scenario) << result.mistakes.front();
    const Scenario& scenario = *result.scenario;
    EXPECT_EQ(scenario.name, "rush");
    EXPECT_EQ(scenario.about, "an evening");
    EXPECT_EQ(scenario.seed, 7U);
    EXPECT_EQ(scenario.warmUp, 1500ms);
    EXPECT_EQ(scenario.duration, 2min);
    EXPECT_EQ(scenario.connectRate, 0.5);
    EXPECT_EQ(scenario.thresholds, (std::vector<std::string>{"p99<20ms", "error_rate<0.1%"}));
    ASSERT_EQ(scenario.groups.size(), 2U);
    const GroupPlan& walkers = scenario.groups[0];
    EXPECT_EQ(walkers.name, "walkers");
    EXPECT_EQ(walkers.bots, 1000U);
    EXPECT_EQ(walkers.rate, 2.5);
    EXPECT_EQ(walkers.think, ThinkTime::LogNormal);
    EXPECT_EQ(walkers.shape, (LoadShape{LoadShape::Spike{.base = 100, .at = 10s, .length = 200ms, .every = 1min}}));
    EXPECT_EQ(walkers.options.at("chat_share"), "1");
    EXPECT_EQ(walkers.options.at("whisper"), "true");
    EXPECT_EQ(walkers.options.at("switch_every"), "90s");
    EXPECT_EQ(walkers.options.at("tag"), "w");
    const GroupPlan& logins = scenario.groups[1];
    EXPECT_EQ(logins.bots, 0U);
    EXPECT_EQ(logins.rate, 0);
    const auto arrival = std::get<LoadShape::Arrival>(logins.shape.kind);
    EXPECT_EQ(arrival, (LoadShape::Arrival{.perSecond = 20, .stay = 1h, .random = true, .seed = arrival.seed}));
    EXPECT_NE(arrival.seed, 0U);
}

TEST(ScenarioFile, ReadsEveryShape) {
    const auto shape = [](const std::string& text) {
        const auto result = Read(Group("shape = " + text));
        EXPECT_TRUE(result.scenario) << text << (result.mistakes.empty() ? "" : result.mistakes.front());
        return result.scenario ? result.scenario->groups[0].shape : LoadShape();
    };
    EXPECT_EQ(shape("{ kind = 'steady' }"), LoadShape());
    EXPECT_EQ(shape("{ kind = 'ramp', over = '10s', from = 3 }"), (LoadShape{LoadShape::Ramp{.over = 10s, .from = 3}}));
    EXPECT_EQ(shape("{ kind = 'steps', count = 4, every = '5s' }"), (LoadShape{LoadShape::Steps{.count = 4, .every = 5s}}));
    EXPECT_EQ(shape("{ kind = 'soak', over = '10s' }"), (LoadShape{LoadShape::Soak{.over = 10s}}));
    EXPECT_EQ(shape("{ kind = 'spike', base = 0, at = '0s', length = '1s' }"),
              (LoadShape{LoadShape::Spike{.base = 0, .at = 0s, .length = 1s, .every = 0s}}));
}

// --- What is wrong -----------------------------------------------------------------------------------------------------

TEST(ScenarioFile, ExplainsWhatIsWrongAtTheTop) {
    const std::string group = Group("");
    EXPECT_EQ(Mistakes("sed = 1\n" + group), "1:1: unknown key 'sed'; did you mean 'seed'?\n");
    EXPECT_EQ(Mistakes("bots = 1\n" + group), "1:1: 'bots' belongs below a [[group]]\n");
    EXPECT_EQ(Mistakes("seed = 'x'\n" + group), "1:8: seed: takes a whole number, not text, \"x\"\n");
    EXPECT_EQ(Mistakes("seed = -1\n" + group), "1:8: seed: takes 0 to 9007199254740992, not -1\n");
    EXPECT_EQ(Mistakes("seed = 1.5\n" + group), "1:8: seed: takes a whole number, not a number with a fraction\n");
    EXPECT_EQ(Mistakes("name = 7\n" + group), "1:8: name: takes text in quotes, not a whole number\n");
    EXPECT_EQ(Mistakes("about = \"a\\nb\"\n" + group), "1:9: about: has to be one line\n");
    EXPECT_EQ(Mistakes("connect_rate = 0\n" + group), "1:16: connect_rate: takes 0.001 to 100000, not 0\n");
    EXPECT_EQ(Mistakes("connect_rate = inf\n" + group), "1:16: connect_rate: takes a number, not a number with a fraction\n");
    EXPECT_EQ(Mistakes("thresholds = 'p99<1ms'\n" + group),
              "1:14: thresholds: takes a list of text: [\"...\", \"...\"], not text, \"p99<1ms\"\n");
    EXPECT_EQ(Mistakes("thresholds = ['a', 1]\n" + group), "1:20: thresholds: takes text in quotes in its list, not a whole number\n");
}

TEST(ScenarioFile, ExplainsDurations) {
    const std::string group = Group("");
    const std::string takes = "duration: takes a number and a unit: \"200ms\", \"5s\", \"1.5m\" or \"1h\", not ";
    EXPECT_EQ(Mistakes("duration = 30\n" + group), "1:12: " + takes + "30 without a unit; did you mean \"30s\"?\n");
    EXPECT_EQ(Mistakes("duration = '30 s'\n" + group), "1:12: " + takes + "\"30 s\"\n");
    EXPECT_EQ(Mistakes("duration = true\n" + group), "1:12: " + takes + "true or false\n");
    EXPECT_EQ(Mistakes("duration = 10:00:00\n" + group), "1:12: " + takes + "a date or time\n");
    EXPECT_EQ(Mistakes("duration = '0s'\n" + group), "1:12: duration: takes 1ms to 168h, not 0s\n");
    EXPECT_EQ(Mistakes("duration = '169h'\n" + group), "1:12: duration: takes 1ms to 168h, not 169h\n");
}

TEST(ScenarioFile, ExplainsWhatIsWrongWithGroups) {
    EXPECT_EQ(Mistakes(""), "1:1: group: there is none; write [[group]] and its behaviour below\n");
    EXPECT_EQ(Mistakes("[group]\nbehaviour = 'player'\n"), "1:1: group: is a list: write [[group]] with two brackets\n");
    EXPECT_EQ(Mistakes("group = [1]"), "1:9: group: holds something that is no table; write [[group]] above the keys of each\n");
    EXPECT_EQ(Mistakes("[[groups]]\nbehaviour = 'player'\n"),
              "1:1: group: there is none; write [[group]] and its behaviour below\n1:3: unknown key 'groups'; did you mean 'group'?\n");
    EXPECT_EQ(Mistakes("[[group]]\nbots = 5\n"), "1:1: behaviour: is missing: what its bots do\n");
    EXPECT_EQ(Mistakes("[[group]]\nbehaviour = 'playr'\n"), "2:13: behaviour: there is no \"playr\"; did you mean 'player'?\n");
    EXPECT_EQ(Mistakes("[[group]]\nbehaviour = 'teleporter'\n"),
              "2:13: behaviour: there is no \"teleporter\"; known: player, echo, login, idle\n");
    EXPECT_EQ(Mistakes(Group("bots = 0")), "3:8: bots: takes 1 to 1000000, not 0\n");
    EXPECT_EQ(Mistakes(Group("rate = '10'")), "3:8: rate: takes a number, not text, \"10\"\n");
    EXPECT_EQ(Mistakes(Group("think = 'exponental'")), "3:9: think: there is no \"exponental\"; did you mean 'exponential'?\n");
    EXPECT_EQ(Mistakes(Group("duration = '5s'")), "3:1: 'duration' is of the whole scenario; it belongs above the first [[group]]\n");
    EXPECT_EQ(Mistakes(Group("over = '5s'")), "3:1: 'over' belongs into shape = { ... }\n");
    EXPECT_EQ(Mistakes(Group("chat_share = 0.5")), "3:1: 'chat_share' is an option of the behaviour; it belongs below [group.options]\n");
    EXPECT_EQ(Mistakes(Group("") + Group("")), "4:1: name: there is another group of the name 'player'; give this one a name of its own\n");
    EXPECT_EQ(Mistakes("[[group]]\nbehaviour = 'login'\nrate = 5\n"), "3:8: rate: behaviour 'login' sets its own pace; leave it out\n");
}

TEST(ScenarioFile, ExplainsWhatIsWrongWithShapes) {
    const auto shape = [](const std::string& text) { return Mistakes(Group("shape = " + text)); };
    EXPECT_EQ(shape("'ramp'"), "3:9: shape: takes a table: { key = value, ... }, not text, \"ramp\"\n");
    EXPECT_EQ(shape("{ over = '1s' }"), "3:9: kind: is missing: steady, ramp, steps, spike, soak or arrival\n");
    EXPECT_EQ(shape("{ kind = 'rampe', over = '1s' }"), "3:18: kind: there is no shape \"rampe\"; did you mean 'ramp'?\n");
    EXPECT_EQ(shape("{ kind = 'wave' }"), "3:18: kind: there is no shape \"wave\"; known: steady, ramp, steps, spike, soak, arrival\n");
    EXPECT_EQ(shape("{ kind = 'ramp' }"), "3:9: over: is missing: until all are there\n");
    EXPECT_EQ(shape("{ kind = 'ramp', over = '1s', stay = '2s' }"), "3:39: 'stay' is not for the shape ramp\n");
    EXPECT_EQ(shape("{ kind = 'ramp', over = '1s', form = 2 }"), "3:39: unknown key 'form'; did you mean 'from'?\n");
    EXPECT_EQ(shape("{ kind = 'ramp', over = '1s', from = 201 }"), "3:46: from: 201 are more than the group's 200 bots\n");
    EXPECT_EQ(shape("{ kind = 'ramp', over = '31s' }"),
              "3:9: shape: takes 31s, but warm_up and duration are 30s together; make the play longer or the shape shorter\n");
    EXPECT_EQ(shape("{ kind = 'spike', base = 1, at = '1s', length = '2s', every = '2s' }"),
              "3:71: every: has to be longer than length, 2s, or 0s for one spike\n");
    EXPECT_EQ(Mistakes("duration = '100h'\n" + Group("shape = { kind = 'arrival', per_second = 100 }")),
              "4:9: shape: brings 36000000 bots in the whole run, more than 10000000; make the play shorter or the rate lower\n");
    EXPECT_EQ(Mistakes(Group("bots = 7\nshape = { kind = 'arrival', per_second = 100 }")),
              "3:8: bots: is not for arrivals; per_second and the duration say how many come\n");
    EXPECT_EQ(shape("{ kind = 'arrival', per_second = 1, random = 'yes' }"),
              "3:54: random: takes true or false, without quotes, not text, \"yes\"\n");
}

TEST(ScenarioFile, ExplainsWhatIsWrongWithOptions) {
    const auto options = [](const std::string& text) { return Mistakes(Group("[group.options]\n" + text)); };
    EXPECT_EQ(options("chat_shar = 1"), "4:1: unknown key 'chat_shar'; did you mean 'chat_share'?\n");
    EXPECT_EQ(options("chat_share = '1'"), "4:14: chat_share: takes a number such as 0.1, not text, \"1\"\n");
    EXPECT_EQ(options("whisper = 1"), "4:11: whisper: takes true or false, not a whole number\n");
    EXPECT_EQ(options("tag = 1"), "4:7: tag: takes text in quotes, not a whole number\n");
    EXPECT_EQ(options("switch_every = 5"),
              "4:16: switch_every: takes a number with the unit ms, s, m or h, such as \"5s\", not a whole number\n");
    EXPECT_EQ(Mistakes("[[group]]\nbehaviour = 'echo'\noptions = { zones = 1 }\n"), "3:13: 'zones': behaviour 'echo' has no options\n");
    EXPECT_EQ(Mistakes(Group("options = 5")), "3:11: options: takes a table: { key = value, ... }, not a whole number\n");
}

TEST(ScenarioFile, ReportsAllMistakesInTheOrderOfTheLines) {
    EXPECT_EQ(
        Mistakes("duration = 5\nsed = 1\nname = 'x'\n" + Group("rate = true\nbots = -3")),
        "1:12: duration: takes a number and a unit: \"200ms\", \"5s\", \"1.5m\" or \"1h\", not 5 without a unit; did you mean \"5s\"?\n"
        "2:1: unknown key 'sed'; did you mean 'seed'?\n"
        "6:8: rate: takes a number, not true or false\n"
        "7:8: bots: takes 1 to 1000000, not -3\n");
}

TEST(ScenarioFile, SaysWhereTheTextIsNoToml) {
    const auto result = Read("seed = 1\nseed == 2\n");
    ASSERT_EQ(result.mistakes.size(), 1U);
    EXPECT_TRUE(result.mistakes[0].starts_with("f.toml:2:")) << result.mistakes[0];
    EXPECT_FALSE(result.scenario);
}

// toml++ would abort, or do anything at all.
TEST(ScenarioFile, RefusesTablesWithoutAName) {
    const std::string group = Group("");
    const std::string what = "a name belongs between the brackets, as in [[group]]\n";
    EXPECT_EQ(Mistakes(group + "[[[1]]]"), "4:3: " + what);
    EXPECT_EQ(Mistakes(group + "[[=\n"), "4:3: " + what);
    EXPECT_EQ(Mistakes(group + " [ =]\n"), "4:4: " + what);
    EXPECT_EQ(Mistakes(group + "\r\n[[\r\n"), "5:3: " + what);
    EXPECT_EQ(Mistakes("\xEF\xBB\xBF[.a]\n" + group), "1:2: " + what);
    EXPECT_EQ(Mistakes("["), "1:2: " + what);
    EXPECT_EQ(Mistakes("[[ \"group\" ]] # [[\nbehaviour = 'echo' # [[[\n"), "");
}

// So would it here.
TEST(ScenarioFile, RefusesLettersBeyondAsciiOutsideQuotesAndComments) {
    const std::string what = "only text in quotes and comments may hold other characters than ASCII\n";
    EXPECT_EQ(Mistakes("n\xC3\xA9 = 1\n"), "1:2: " + what);
    EXPECT_EQ(Mistakes("name = '\xC3\xA9' \xC2\xA0# x\n"), "1:12: " + what);
    EXPECT_EQ(Mistakes("name = \"a\\\"\" \xC3\xA9\n"), "1:14: " + what);
    EXPECT_EQ(Mistakes("name = \"\xC3\xA9\" # \xC3\xA9\n" + Group("'\xC3\xA9' = 1")).substr(0, 21), "4:1: unknown key '\xC3\xA9'");
    EXPECT_EQ(Mistakes("name = \"\"\"a\"\"\"\n"), "1:8: text has one line here; one quotation mark at each end will do\n");
    EXPECT_TRUE(Mistakes("name = 'a\nb'\xC3\xA9").starts_with("1:"));
    const std::string misplaced = "does not belong here; is there a comma or a line's end missing before it?\n";
    EXPECT_EQ(Mistakes("seed = 7\"\xC3\xA9\"\n"), "1:9: " + misplaced);
    EXPECT_EQ(Mistakes("seed = 7='\xC3\xA9'\n"), "1:9: " + misplaced);
    EXPECT_EQ(Mistakes("seed = 7{'\xC3\xA9'\n"), "1:9: " + misplaced);
    EXPECT_EQ(Mistakes("name = 'a''b'\n"), "1:11: " + misplaced);
    EXPECT_EQ(Mistakes(Group("shape = {kind='ramp',over='1s',from=2}\nthink = 'even'")), "");
}

TEST(ScenarioFile, SaysWhyAFileCannotBeRead) {
    const auto missing = ReadScenarioFile("no/such/file.toml", kBehaviours);
    ASSERT_EQ(missing.mistakes.size(), 1U);
    EXPECT_TRUE(missing.mistakes[0].starts_with("no/such/file.toml:1:1: cannot be read: ")) << missing.mistakes[0];
}

// --- There and back ----------------------------------------------------------------------------------------------------

TEST(ScenarioFile, ReadsWhatItHasWritten) {
    RandomScenarios random(5);
    for (int i = 0; i < 2000 / SERVERCORE_TESTS_SLOWDOWN; ++i) {
        const Scenario scenario = random.Next();
        const std::string toml = ToToml(scenario, kBehaviours);
        const auto result = Read(toml);
        ASSERT_TRUE(result.scenario) << result.mistakes.front() << "\n" << toml;
        ASSERT_EQ(*result.scenario, scenario) << toml;
        ASSERT_EQ(ToToml(*result.scenario, kBehaviours), toml);
    }
}

TEST(ScenarioFile, WritesEveryKeyWithWhatItMeans) {
    RandomScenarios random(6);
    std::string all;
    for (int i = 0; i < 200; ++i) {
        all += ToToml(random.Next(), kBehaviours);
    }
    for (const KeyInfo& key : ScenarioKeys()) {
        if (key.name != "group") {
            EXPECT_NE(all.find("\n" + std::string(key.name) + " = "), std::string::npos) << key.name;
            EXPECT_NE(all.find(key.about), std::string::npos) << key.name;
        }
    }
    for (const KeyInfo& key : GroupKeys()) {
        const std::string entry = key.name == "options" ? "\n[group.options]" : "\n" + std::string(key.name) + " = ";
        EXPECT_NE(all.find(entry), std::string::npos) << key.name;
    }
    for (const ShapeInfo& shape : Shapes()) {
        EXPECT_NE(all.find("{ kind = \"" + std::string(shape.kind) + "\""), std::string::npos) << shape.kind;
        for (const KeyInfo& key : shape.keys) {
            EXPECT_NE(all.find(", " + std::string(key.name) + " = "), std::string::npos) << key.name;
        }
    }
}

// --- Anything at all ---------------------------------------------------------------------------------------------------

// Bytes changed, dropped, doubled, and pieces of one text put into another.
std::string Mutate(std::string text, const std::string& other, std::mt19937_64& random) {
    constexpr std::array<std::string_view, 30> kPieces = {
        "[",  "]", "{", "}", "=", "\"", "'",  "#",    "\n",   ".",    ",",        "\\",       "0",  "-",      "5",
        "ms", "h", "_", "e", " ", "\t", "\r", "\x01", "\xFF", "\xC3", "\xC3\xA9", "\xC2\xA0", "[[", "\"\"\"", "\\u00e9"};
    for (std::uint64_t i = 1 + random() % 6; i > 0; --i) {
        const std::size_t at = random() % (text.size() + 1);
        switch (random() % 4) {
            case 0: text.insert(at, kPieces[random() % kPieces.size()]); break;
            case 1: text.erase(at, random() % 8); break;
            case 2: text.insert(at, text.substr(random() % (text.size() + 1), random() % 30)); break;
            default: text.insert(at, other.substr(random() % (other.size() + 1), random() % 60)); break;
        }
    }
    return text;
}

// Of "f.toml:LINE:COLUMN: what". 0: the mistake does not look like that.
std::size_t LineOf(const std::string& mistake) {
    std::istringstream stream(mistake);
    std::string file;
    std::size_t line = 0;
    std::size_t column = 0;
    char colon = 0;
    std::string what;
    std::getline(stream, file, ':');
    stream >> line >> colon >> column >> colon >> what;
    return file == "f.toml" && colon == ':' && column > 0 && !what.empty() ? line : 0;
}

TEST(ScenarioFile, SurvivesAnyTextAndNamesALineOfIt) {
    std::vector<std::string> seeds;
    for (const BuiltInScenario& scenario : BuiltInScenarios()) {
        seeds.emplace_back(scenario.toml);
    }
    RandomScenarios scenarios(9);
    for (int i = 0; i < 8; ++i) {
        seeds.push_back(ToToml(scenarios.Next(), kBehaviours));
    }
    std::mt19937_64 random(1);
    std::size_t good = 0;
    for (int i = 0; i < 10'000 / SERVERCORE_TESTS_SLOWDOWN; ++i) {
        const std::string text = Mutate(seeds[random() % seeds.size()], seeds[random() % seeds.size()], random);
        const auto result = Read(text);
        ASSERT_EQ(result.scenario.has_value(), result.mistakes.empty()) << text;
        for (const std::string& mistake : result.mistakes) {
            const std::size_t line = LineOf(mistake);
            ASSERT_GE(line, 1U) << mistake << "\n" << text;
            ASSERT_LE(line, static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1) << mistake << "\n" << text;
            ASSERT_EQ(mistake.find('\n'), std::string::npos) << mistake;
        }
        if (result.scenario) {
            ++good;
            const auto again = Read(ToToml(*result.scenario, kBehaviours));
            ASSERT_TRUE(again.scenario) << again.mistakes.front() << "\n" << text;
            ASSERT_EQ(*again.scenario, *result.scenario) << text;
        }
    }
    // Else the texts would be too bad to reach far.
    EXPECT_GT(good, 100U / SERVERCORE_TESTS_SLOWDOWN);
}

// --- The page ----------------------------------------------------------------------------------------------------------

TEST(ScenarioFile, IsDescribedByTheReadme) {
    std::ifstream file(SCENARIO_README, std::ios::binary);
    ASSERT_TRUE(file) << SCENARIO_README;
    std::ostringstream text;
    text << file.rdbuf();
    EXPECT_NE(text.str().find(ScenarioReference()), std::string::npos) << "The README lacks this:\n" << ScenarioReference();
}

}  // namespace
}  // namespace loadtest::test
