#include <cstdio>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "DummyClient/Attack/AttackCommand.h"
#include "DummyClient/Attack/Catalogue.h"
#include "DummyClient/Kit/LoadTester.h"
#include "DummyClient/Report/ReportCommands.h"
#include "DummyClient/Report/Threshold.h"
#include "DummyClient/World/GameBehaviours.h"
#include "Protocol/Version.h"
#include "ServerCore/App/CommandLine.h"

namespace {

using servercore::app::CommandLineEnd;

constexpr const char* kHelp =
    "DummyClient: a crowd of players that tests a GameServer.\n"
    "\n"
    "  DummyClient run [SCENARIO] [OPTION...]         lets bots play, checks and measures; writes reports\n"
    "  DummyClient scenarios                          what can be played\n"
    "  DummyClient attack NAME | --all [OPTION...]    attacks beside honest players, and judges the server\n"
    "  DummyClient merge A.json B.json [OPTION...]    makes one report of several processes of one run\n"
    "  DummyClient compare A.json B.json [OPTION...]  puts two runs side by side\n"
    "  DummyClient COMMAND --help                     the options of a command\n"
    "  DummyClient --version\n"
    "\n"
    "Example:\n"
    "  DummyClient run --connect 127.0.0.1:7777 --bots 200 --seconds 30 --html run.html\n"
    "\n"
    "Exit code: 0 passed, 99 a threshold is not met, 1 failed, 2 wrong usage.\n";

CommandLineEnd Run(std::span<const std::string> words) {
    const loadtest::LoadTester tester{
        .program = "DummyClient",
        .version = SERVERCORE_VERSION ", protocol " + std::to_string(game::protocol::kProtocolVersion),
        .protocolVersion = game::protocol::kProtocolVersion,
        .behaviours = loadtest::GameBehaviours(),
        .scenarios = loadtest::BuiltInScenarios(),
    };
    if (words.empty()) {
        return {.exitCode = servercore::app::kUsageError, .message = kHelp};
    }
    const std::string& command = words.front();
    const bool isAttack = words.size() > 1 && loadtest::attack::FindAttack(words[1]) != nullptr;
    if (command == "run" && !isAttack) {
        return loadtest::RunLoadCommand(tester, words.subspan(1));
    }
    if (command == "scenarios") {
        CommandLineEnd list = loadtest::ListScenariosCommand(tester, words.subspan(1));
        list.message += list.exitCode == 0 ? "\nAttacks ('DummyClient attack NAME', or --all):\n" + loadtest::attack::ListAttacks() : "";
        return list;
    }
    if (command == "attack" || (command == "run" && isAttack)) {
        return loadtest::RunAttackCommand(words.subspan(1), tester.version);
    }
    if (command == "merge") {
        return loadtest::RunMergeCommand(words.subspan(1), tester.version);
    }
    if (command == "compare") {
        return loadtest::RunCompareCommand(words.subspan(1), tester.version);
    }
    if (command == "--help" || command == "-h" || command == "help") {
        return {.exitCode = 0, .message = kHelp};
    }
    if (command == "--version") {
        return {.exitCode = 0, .message = "DummyClient " + tester.version + "\n"};
    }
    return {.exitCode = servercore::app::kUsageError,
            .message =
                fmt::format("DummyClient: '{}' is no command; use run, scenarios, attack, merge or compare (see DummyClient --help)\n", command)};
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    const CommandLineEnd end = Run(words);
    const bool isAnswer = end.exitCode == 0 || end.exitCode == loadtest::kThresholdFailed;
    fmt::print(isAnswer ? stdout : stderr, "{}", end.message);
    return end.exitCode;
}
