#include "DummyClient/Kit/RunOptions.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "DummyClient/Kit/AbortWatch.h"
#include "DummyClient/Kit/RunBoard.h"
#include "DummyClient/Scenario/Overrides.h"
#include "DummyClient/Scenario/ScenarioFile.h"

namespace loadtest {

namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  {0} run --connect {2} --bots 200 --seconds 30\n"
    "  {0} run --threshold 'p99<20ms' --html run.html     (a demand, and a page with charts)\n"
    "  {0} run {1} --print > mine.toml                    (a scenario to begin with)\n"
    "  {0} run mine.toml --seed 7\n"
    "\n"
    "Each bot checks everything that it receives. Ctrl-C ends the run early, with the result so far.\n"
    "\n"
    "Latencies count from when a message should have been sent (response, what thresholds mean) and from when it was (service).\n";

constexpr const char* kExitCodes =
    "\n"
    "Exit code: 0 everything arrived where it should and every threshold is met; 99 a threshold is not met; 1 something is lost or wrong, "
    "a\n"
    "bot failed (unless a threshold on errors or connects says how many may), the load tester was saturated, the server cannot be reached, "
    "or\n"
    "a file not be written; 2 wrong usage.";

std::string CheckServer(const std::string& text) {
    std::string mistake = servercore::app::CheckHostPort(text);
    if (mistake.empty() && servercore::SplitHostPort(text)->port == 0) {
        mistake = "nobody listens on port 0; give the port that the server printed";
    }
    return mistake;
}

// What the parser fills in, before the scenario is read.
struct Words {
    std::string scenario;
    Overrides overrides;
    std::optional<double> seconds;
    std::optional<double> warmUp;
    std::vector<std::string> thresholds;
    bool print = false;
};

std::optional<servercore::Duration> ToDuration(std::optional<double> seconds) {
    if (!seconds) {
        return std::nullopt;
    }
    return std::chrono::duration_cast<servercore::Duration>(std::chrono::duration<double>(*seconds));
}

void AddScenarioOptions(CLI::App& app, const LoadTester& tester, Words& words) {
    app.add_option("SCENARIO", words.scenario,
                   fmt::format("What is to be played: a TOML file, or one of those in '{} scenarios'", tester.program))
        ->capture_default_str();
    app.add_flag("--print", words.print, "Only print the scenario as TOML, with all that the other options change in it");
    app.add_option("--bots", words.overrides.bots, "How many bots, in all groups together (default: as the scenario says)")
        ->type_name("N")
        ->check(CLI::Range(1, 100'000))
        ->group("Scenario");
    app.add_option("--seconds", words.seconds, "How long they play, once all have entered")
        ->type_name("S")
        ->check(CLI::Range(0.1, 604'800.0))
        ->group("Scenario");
    app.add_option("--warm-up", words.warmUp, "How long they play before the time that is measured")
        ->type_name("S")
        ->check(CLI::Range(0.0, 86'400.0))
        ->group("Scenario");
    app.add_option("--rate", words.overrides.rate, "Messages per second and bot")
        ->type_name("N")
        ->check(CLI::Range(0.01, 10'000.0))
        ->group("Scenario");
    app.add_option("--connect-rate", words.overrides.connectRate, "Bots that connect per second")
        ->type_name("N")
        ->check(CLI::Range(0.1, 100'000.0))
        ->group("Scenario");
    app.add_option("--seed", words.overrides.seed, "Of everything that is random")
        ->type_name("N")
        ->check(CLI::NonNegativeNumber)
        ->group("Scenario");
    app.add_option("--set", words.overrides.options, "An option of what the bots do; may be given several times")
        ->type_name("KEY=VALUE")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->group("Scenario");
}

void AddMeasureOptions(CLI::App& app, Words& words, RunOptions& options) {
    app.add_option("--threshold", words.thresholds, "A demand on the run; may be given several times")
        ->type_name("DEMAND")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->group("Report");
    app.add_flag("--abort-on-fail", options.abortOnFail,
                 fmt::format("End the play when a demand with an upper limit (<, <=, ==) has been exceeded {} seconds running",
                             AbortWatch::kLooks))
        ->group("Report");
    app.add_option("--max-late", options.maxLatePercent,
                   fmt::format("The result is invalid when more of the messages than this go out {} late, in percent; 100: never",
                               RunBoard::kLateAfter))
        ->type_name("PERCENT")
        ->check(CLI::Range(0.0, 100.0))
        ->capture_default_str()
        ->group("Report");
    AddReportOptions(app, options.files);
}

void AddOptions(CLI::App& app, RunOptions& options) {
    app.add_option("--connect", options.connectText, "The server to test")
        ->type_name("HOST:PORT")
        ->check(CLI::Validator(CheckServer, "", "host and port"))
        ->capture_default_str();
    app.add_option("--from", options.sources,
                   "Connect from this address; several take turns, and each adds its own 28,000 ports (127.0.0.2,127.0.0.3)")
        ->type_name("ADDRESS")
        ->delimiter(',');
    app.add_option("--workers", options.workers, "Threads for network I/O")
        ->type_name("N")
        ->check(CLI::Range(1, 256))
        ->capture_default_str();
    app.add_flag("--plain", options.isPlain, "One line a second, also on a terminal");
}

RunOptionsResult Usage(const LoadTester& tester, std::span<const std::string> mistakes) {
    std::string text;
    for (const std::string& mistake : mistakes) {
        text += fmt::format("{}: {}\n", tester.program, mistake);
    }
    return {.options = {}, .end = {.exitCode = servercore::app::kUsageError, .message = std::move(text)}};
}

RunOptionsResult Usage(const LoadTester& tester, const std::string& mistake) {
    return Usage(tester, std::span(&mistake, 1));
}

std::vector<std::string> KindsOf(const LoadTester& tester, const Scenario& scenario) {
    std::set<std::string> kinds;
    for (const Behaviour& behaviour : tester.behaviours) {
        if (std::ranges::find(scenario.groups, behaviour.info.name, &GroupPlan::behaviour) != scenario.groups.end()) {
            kinds.insert(behaviour.kinds.begin(), behaviour.kinds.end());
        }
    }
    return {kinds.begin(), kinds.end()};
}

// What the behaviours say of their groups' options; empty: nothing is wrong.
std::string FindMistake(const LoadTester& tester, const Scenario& scenario) {
    for (const GroupPlan& group : scenario.groups) {
        const auto behaviour = std::ranges::find(tester.behaviours, group.behaviour, [](const Behaviour& b) { return b.info.name; });
        const std::string mistake = behaviour->findMistake ? behaviour->findMistake(scenario, group) : "";
        if (!mistake.empty()) {
            return fmt::format("group {}: {}", group.name, mistake);
        }
    }
    return {};
}

RunOptionsResult Complete(const LoadTester& tester, Words words, RunOptions options) {
    const std::vector<BehaviourInfo> behaviours = tester.BehaviourInfos();
    ReadScenarioResult read = FindScenario(words.scenario, tester.scenarios, behaviours);
    if (!read.scenario) {
        return Usage(tester, read.mistakes);
    }
    options.scenario = *std::move(read.scenario);
    words.overrides.duration = ToDuration(words.seconds);
    words.overrides.warmUp = ToDuration(words.warmUp);
    if (const std::vector<std::string> mistakes = Apply(words.overrides, behaviours, options.scenario); !mistakes.empty()) {
        return Usage(tester, mistakes);
    }
    if (const std::string mistake = FindMistake(tester, options.scenario); !mistake.empty()) {
        return Usage(tester, mistake);
    }
    std::vector<std::string>& thresholds = options.scenario.thresholds;
    thresholds.insert(thresholds.end(), words.thresholds.begin(), words.thresholds.end());
    const std::vector<std::string> kinds = KindsOf(tester, options.scenario);
    for (const std::string& text : thresholds) {
        const ParseThresholdResult threshold = ParseThreshold(text, kinds);
        if (!threshold.threshold) {
            return Usage(tester, threshold.problem);
        }
        options.thresholds.push_back(*threshold.threshold);
    }
    options.configuration = ToToml(options.scenario, behaviours);
    if (words.print) {
        return {.options = {}, .end = {.exitCode = 0, .message = options.configuration}};
    }
    options.connect = servercore::SplitHostPort(options.connectText).value();
    return {.options = std::move(options), .end = {}};
}

}  // namespace

RunOptionsResult ParseRunOptions(const LoadTester& tester, std::span<const std::string> arguments) {
    const std::string program = tester.program + " run";
    CLI::App app("Lets bots test a server.", program);
    app.footer(fmt::format(fmt::runtime(kExamples), tester.program, tester.scenarios.front().name, tester.defaultServer) + "\n" +
               ThresholdHelp() + kExitCodes);
    Words words;
    words.scenario = tester.scenarios.front().name;
    RunOptions options;
    options.connectText = tester.defaultServer;
    options.workers = servercore::app::DefaultWorkers();
    AddOptions(app, options);
    AddScenarioOptions(app, tester, words);
    AddMeasureOptions(app, words, options);

    std::vector<const char*> argv = {program.c_str()};
    options.commandLine = program;
    for (const std::string& argument : arguments) {
        argv.push_back(argument.c_str());
        options.commandLine += " " + argument;
    }
    if (auto end = servercore::app::ReadCommandLine(app, tester.version, static_cast<int>(argv.size()), argv.data())) {
        return {.options = {}, .end = *std::move(end)};
    }
    return Complete(tester, std::move(words), std::move(options));
}

}  // namespace loadtest
