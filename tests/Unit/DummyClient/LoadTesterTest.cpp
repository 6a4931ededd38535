// The command line of any title's load tester, before the options of a command.
#include "DummyClient/Kit/LoadTester.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "DummyClient/Scenario/BuiltInScenarios.h"

namespace loadtest {
namespace {

using servercore::app::CommandLineEnd;

// What a call of the program answers.
struct Answer {
    int exitCode = 0;
    std::string output;
    std::string errors;
};

Answer Call(std::vector<const char*> words) {
    const LoadTester tester{
        .program = "Harbour",
        .about = "ships.",
        .version = "1.2.0",
        .behaviours = {},
        .scenarios = BuiltInScenarios(),
        .commands = {{.name = "attack", .usage = "SHIP", .about = "sinks it", .run = [](std::span<const std::string> arguments) {
                          return CommandLineEnd{.exitCode = 7, .message = "attacks " + arguments.front() + "\n"};
                      }}}};
    words.insert(words.begin(), "Harbour");
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    Answer answer;
    answer.exitCode = RunLoadTester(tester, static_cast<int>(words.size()), words.data());
    answer.output = testing::internal::GetCapturedStdout();
    answer.errors = testing::internal::GetCapturedStderr();
    return answer;
}

TEST(LoadTester, ListsItsOwnCommandsAmongThoseThatAllHave) {
    const Answer answer = Call({"--help"});
    EXPECT_EQ(answer.exitCode, 0);
    EXPECT_TRUE(answer.output.starts_with("Harbour: ships.\n\n  Harbour run [SCENARIO] [OPTION...]         lets bots play"))
        << answer.output;
    EXPECT_NE(answer.output.find("  Harbour attack SHIP                        sinks it\n"), std::string::npos) << answer.output;
    EXPECT_NE(answer.output.find("  Harbour COMMAND --help                     the options"), std::string::npos) << answer.output;
}

TEST(LoadTester, RunsItsOwnCommandsWithWhatFollows) {
    const Answer answer = Call({"attack", "Anna"});
    EXPECT_EQ(answer.exitCode, 7);
    EXPECT_EQ(answer.errors, "attacks Anna\n");
}

TEST(LoadTester, NamesTheCommandsToWhoKnowsNone) {
    EXPECT_EQ(Call({}).exitCode, 2);
    const Answer answer = Call({"dance"});
    EXPECT_EQ(answer.exitCode, 2);
    EXPECT_EQ(answer.errors, "Harbour: 'dance' is no command; use run, scenarios, attack, merge or compare (see Harbour --help)\n");
}

TEST(LoadTester, SaysItsVersionAndWhatCanBePlayed) {
    EXPECT_EQ(Call({"--version"}).output, "Harbour 1.2.0\n");
    EXPECT_EQ(Call({"scenarios"}).exitCode, 0);
}

TEST(LoadTester, GivesExamplesThatAreItsOwn) {
    const Answer answer = Call({"run", "--help"});
    EXPECT_EQ(answer.exitCode, 0);
    EXPECT_NE(answer.output.find("  Harbour run world --print > mine.toml"), std::string::npos) << answer.output;
}

}  // namespace
}  // namespace loadtest
