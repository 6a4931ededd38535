// From the command line of a run to its files and its exit code.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iterator>
#include <memory>
#include <string_view>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "DummyClient/Kit/GeneratorCheck.h"
#include "DummyClient/Kit/LoadRun.h"
#include "DummyClient/Kit/LoadTester.h"
#include "DummyClient/Kit/RunOptions.h"
#include "DummyClient/Kit/RunScreen.h"
#include "DummyClient/Report/MachineInfo.h"
#include "DummyClient/Report/ReportFiles.h"
#include "DummyClient/Report/ReportText.h"
#include "DummyClient/Report/Threshold.h"
#include "ServerCore/Platform/Network.h"
#include "ServerCore/Platform/OpenFileLimit.h"
#include "ServerCore/Platform/StopSignal.h"

namespace loadtest {

using servercore::app::CommandLineEnd;

namespace {

void Print(std::string_view text) {
    fmt::print("{}", text);
    std::fflush(stdout);
}

// A demand says how many failures there may be.
bool AreFailuresJudged(const std::vector<Threshold>& thresholds) {
    static constexpr std::string_view kOfFailures[] = {"connect_fail", "connect_fail_rate", "errors", "error_rate"};
    return std::ranges::any_of(
        thresholds, [](const Threshold& threshold) { return std::ranges::find(kOfFailures, threshold.subject) != std::end(kOfFailures); });
}

class Command {
public:
    Command(const LoadTester& tester, RunOptions options) : tester_(tester), options_(std::move(options)) {}

    [[nodiscard]] CommandLineEnd Run() {
        const auto stopSignal = servercore::platform::StopSignal::Create();  // first: see there
        const auto network = servercore::platform::OpenSystemNetwork();
        if (!stopSignal || !network) {
            const std::error_code error = stopSignal ? network.error() : stopSignal.error();
            return Fail("the operating system refuses what a client needs: " + error.message());
        }
        const auto addresses = (*network)->Resolve(options_.connect.host, options_.connect.port);
        if (!addresses) {
            return FailToReach("the name is unknown");
        }
        if (const std::string problem = MakeRoomForSockets(); !problem.empty()) {
            return Fail(problem);
        }
        LoadPlan plan = MakePlan();
        for (const std::string& source : options_.sources) {
            const auto address =
                servercore::NetAddress::Parse(source.find(':') == std::string::npos ? source + ":0" : "[" + source + "]:0");
            if (!address) {
                return {.exitCode = servercore::app::kUsageError,
                        .message = fmt::format("{}: --from {} is no numeric address\n", tester_.program, source)};
            }
            plan.sources.push_back(*address);
        }
        return Play(**network, **stopSignal, *addresses, std::move(plan));
    }

private:
    // What is wrong, when there are more bots than sockets to be had; empty: nothing.
    [[nodiscard]] std::string MakeRoomForSockets() const {
        constexpr std::uint64_t kOtherDescriptors = 64;
        std::uint64_t bots = 0;
        for (const GroupPlan& group : options_.scenario.groups) {
            bots += group.bots;
        }
        const auto limit = servercore::platform::RaiseOpenFileLimit();
        if (limit && *limit < bots + kOtherDescriptors) {
            return servercore::platform::ExplainOpenFileLimit(fmt::format("{} bots", bots), bots + kOtherDescriptors, *limit);
        }
        return {};
    }

    [[nodiscard]] LoadPlan MakePlan() const {
        return {.scenario = options_.scenario,
                .behaviours = tester_.behaviours,
                .workers = options_.workers,
                .sources = {},
                .thresholds = options_.thresholds,
                .abortOnFail = options_.abortOnFail};
    }

    [[nodiscard]] CommandLineEnd Play(servercore::platform::Network& network, servercore::platform::StopSignal& stopSignal,
                                      const std::vector<servercore::NetAddress>& addresses, LoadPlan plan) {
        const servercore::SteadyClock clock;
        auto log = servercore::Logger::ToStandardError(tester_.program, servercore::LogLevel::Warning);
        bool isStopped = false;
        const auto pause = [&](std::chrono::milliseconds time) {
            if (isStopped) {
                std::this_thread::sleep_for(time);  // WaitFor would return at once
            } else {
                isStopped = stopSignal.WaitFor(time);
            }
            return isStopped;
        };
        RunScreen screen(options_.scenario.name, options_.connectText, options_.isPlain);
        plan.canAddBots = screen.TakesKeys();
        // The wall clock, for reports of several machines are put side by side by it.
        const auto startedAt = std::chrono::system_clock::now().time_since_epoch();
        LoadRun run(std::move(plan), {.network = network,
                                      .clock = clock,
                                      .log = log,
                                      .pause = pause,
                                      .show = [&](const RunView& view) { screen.Show(view); },
                                      .takeWish = [&] { return screen.TakeWish(); }});
        const std::error_code error = run.Run(addresses);
        screen.Leave();
        if (error) {
            return FailToReach(error.message());
        }
        RunReport report = run.TakeReport();
        report.meta = Describe(std::chrono::duration_cast<std::chrono::milliseconds>(startedAt).count());
        return Conclude(run, std::move(report));
    }

    [[nodiscard]] RunMeta Describe(std::int64_t startedAtMs) const {
        RunMeta meta;
        meta.tool = tester_.program;
        meta.toolVersion = tester_.version;
        meta.protocolVersion = tester_.protocolVersion;
        meta.scenario = options_.scenario.name;
        meta.target = options_.connectText;
        meta.startedAtMs = startedAtMs;
        meta.machines = {DescribeMachine()};
        meta.commandLines = {options_.commandLine};
        meta.configuration = options_.configuration;
        return meta;
    }

    // Files and verdict.
    [[nodiscard]] CommandLineEnd Conclude(const LoadRun& run, RunReport report) const {
        if (!AreFailuresJudged(options_.thresholds)) {
            report.checks.push_back(run.BotsEndAsTheyShould());
        }
        JudgeGenerator(report, options_.maxLatePercent, report.meta.machines.front().cores);
        JudgeRun(options_.thresholds, report);
        std::string text = run.Tables();
        for (const auto& [problem, count] : run.Problems()) {
            text += fmt::format("problem ({} times): {}\n", count, problem);
        }
        Print(text + ToSummary(report));
        if (const std::string problem = WriteReportFiles(report, options_.files); !problem.empty()) {
            return {.exitCode = kRunFailed, .message = fmt::format("{}: {}", tester_.program, problem)};
        }
        return {.exitCode = report.exitCode, .message = {}};
    }

    [[nodiscard]] CommandLineEnd Fail(const std::string& why) const {
        return {.exitCode = kRunFailed, .message = fmt::format("{}: {}\n", tester_.program, why)};
    }

    [[nodiscard]] CommandLineEnd FailToReach(const std::string& why) const {
        return Fail(fmt::format("nobody listens at {}: {} (start the server, or check --connect)", options_.connectText, why));
    }

    const LoadTester& tester_;
    const RunOptions options_;
};

}  // namespace

std::vector<BehaviourInfo> LoadTester::BehaviourInfos() const {
    std::vector<BehaviourInfo> infos;
    for (const Behaviour& behaviour : behaviours) {
        infos.push_back(behaviour.info);
    }
    return infos;
}

CommandLineEnd RunLoadCommand(const LoadTester& tester, std::span<const std::string> arguments) {
    RunOptionsResult parsed = ParseRunOptions(tester, arguments);
    return parsed.options ? Command(tester, *std::move(parsed.options)).Run() : std::move(parsed.end);
}

CommandLineEnd ListScenariosCommand(const LoadTester& tester, std::span<const std::string> arguments) {
    if (!arguments.empty()) {
        return {.exitCode = servercore::app::kUsageError,
                .message = fmt::format("{0}: '{0} scenarios' takes no options\n", tester.program)};
    }
    std::string text =
        fmt::format("Scenarios ('{} run NAME'; --print shows one as TOML, to be changed and run as a file):\n", tester.program) +
        ListScenarios(tester.scenarios) + "\nWhat the bots of a group can do (behaviour = \"NAME\"), and their options (--set):\n";
    for (const Behaviour& behaviour : tester.behaviours) {
        text += fmt::format("  {:<12} {}\n", behaviour.info.name, behaviour.info.about);
        for (const OptionInfo& option : behaviour.info.options) {
            text += fmt::format("    {:<18} {} [{}]\n", option.name, option.about, option.defaultValue);
        }
    }
    return {.exitCode = 0, .message = std::move(text)};
}

}  // namespace loadtest
