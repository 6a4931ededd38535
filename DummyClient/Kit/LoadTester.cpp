// The command line before the options of a command.
#include "DummyClient/Kit/LoadTester.h"

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "DummyClient/Report/ReportCommands.h"
#include "DummyClient/Report/Threshold.h"

namespace loadtest {

using servercore::app::CommandLineEnd;

namespace {

using Arguments = std::span<const std::string>;

// All commands, in the order in which they are listed. `tester` outlives them.
std::vector<TesterCommand> CommandsOf(const LoadTester& tester) {
    std::vector<TesterCommand> commands = {
        {"run", "[SCENARIO] [OPTION...]", "lets bots play, checks and measures; writes reports",
         [&tester](Arguments arguments) { return RunLoadCommand(tester, arguments); }},
        {"scenarios", "", "what can be played", [&tester](Arguments arguments) { return ListScenariosCommand(tester, arguments); }},
    };
    commands.insert(commands.end(), tester.commands.begin(), tester.commands.end());
    commands.push_back({"merge", "A.json B.json [OPTION...]", "makes one report of several processes of one run",
                        [&tester](Arguments arguments) { return RunMergeCommand(arguments, tester.version); }});
    commands.push_back({"compare", "A.json B.json [OPTION...]", "puts two runs side by side",
                        [&tester](Arguments arguments) { return RunCompareCommand(arguments, tester.version); }});
    return commands;
}

std::string UsageOf(const TesterCommand& command) {
    return command.usage.empty() ? command.name : command.name + " " + command.usage;
}

std::string HelpFor(const LoadTester& tester, const std::vector<TesterCommand>& commands) {
    std::size_t width = 0;
    for (const TesterCommand& command : commands) {
        width = std::max(width, UsageOf(command).size());
    }
    std::string lines;
    for (const TesterCommand& command : commands) {
        lines += fmt::format("  {} {:<{}}  {}\n", tester.program, UsageOf(command), width, command.about);
    }
    lines += fmt::format("  {} {:<{}}  the options of a command\n", tester.program, "COMMAND --help", width);
    return fmt::format(
        "{0}: {1}\n\n{2}  {0} --version\n\n"
        "Example:\n"
        "  {0} run --connect {3} --bots 200 --seconds 30 --html run.html\n\n"
        "Exit code: 0 passed, 99 a threshold is not met, 1 failed, 2 wrong usage.\n",
        tester.program, tester.about, lines, tester.defaultServer);
}

CommandLineEnd RunWords(const LoadTester& tester, Arguments words) {
    const std::vector<TesterCommand> commands = CommandsOf(tester);
    if (words.empty()) {
        return {.exitCode = servercore::app::kUsageError, .message = HelpFor(tester, commands)};
    }
    const std::string& word = words.front();
    const auto command = std::ranges::find(commands, word, &TesterCommand::name);
    if (command != commands.end()) {
        return command->run(words.subspan(1));
    }
    if (word == "--help" || word == "-h" || word == "help") {
        return {.exitCode = 0, .message = HelpFor(tester, commands)};
    }
    if (word == "--version") {
        return {.exitCode = 0, .message = fmt::format("{} {}\n", tester.program, tester.version)};
    }
    std::vector<std::string_view> names;
    std::ranges::transform(commands, std::back_inserter(names), &TesterCommand::name);
    const std::string_view last = names.back();
    names.pop_back();
    return {.exitCode = servercore::app::kUsageError,
            .message = fmt::format("{0}: '{1}' is no command; use {2} or {3} (see {0} --help)\n", tester.program, word,
                                   fmt::join(names, ", "), last)};
}

}  // namespace

int RunLoadTester(const LoadTester& tester, int argc, const char* const* argv) {
    const std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
    const CommandLineEnd end = RunWords(tester, words);
    const bool isAnswer = end.exitCode == 0 || end.exitCode == kThresholdFailed;
    fmt::print(isAnswer ? stdout : stderr, "{}", end.message);
    return end.exitCode;
}

}  // namespace loadtest
