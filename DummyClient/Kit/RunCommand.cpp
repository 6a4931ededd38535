#include "DummyClient/Kit/RunCommand.h"

#include <chrono>
#include <cstdio>
#include <memory>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "DummyClient/Kit/GeneratorCheck.h"
#include "DummyClient/Kit/RunOptions.h"
#include "DummyClient/World/WorldResult.h"
#include "DummyClient/Kit/LoadRun.h"
#include "DummyClient/Report/MachineInfo.h"
#include "DummyClient/Report/ReportFiles.h"
#include "DummyClient/Report/ReportText.h"
#include "DummyClient/Report/Threshold.h"
#include "ServerCore/Platform/Network.h"
#include "ServerCore/Platform/StopSignal.h"

namespace loadtest {

using servercore::app::CommandLineEnd;

namespace {

void Print(const std::string& text) {
    fmt::print("{}", text);
    std::fflush(stdout);
}

CommandLineEnd FailToReach(const std::string& server, const std::string& why) {
    return {.exitCode = kRunFailed,
            .message = fmt::format("DummyClient: nobody listens at {}: {} (start GameServer, or check --connect)\n", server, why)};
}

RunMeta Describe(const LoadConfig& config, const std::string& version, std::int64_t startedAtMs) {
    RunMeta meta;
    meta.toolVersion = version;
    meta.protocolVersion = config.protocolVersion;
    meta.scenario = "world";
    meta.target = config.connectText;
    meta.startedAtMs = startedAtMs;
    meta.machines = {DescribeMachine()};
    meta.commandLines = {config.commandLine};
    meta.configuration = config.configuration;
    return meta;
}

// Files and verdict.
CommandLineEnd Conclude(const LoadConfig& config, const LoadResult& result, RunReport report) {
    JudgeGenerator(report, config.maxLatePercent, report.meta.machines.front().cores);
    JudgeRun(config.thresholds, report);
    Print(ToTable(result) + ToSummary(report));
    if (const std::string problem = WriteReportFiles(report, config.files); !problem.empty()) {
        return {.exitCode = kRunFailed, .message = "DummyClient: " + problem};
    }
    return {.exitCode = report.exitCode, .message = {}};
}

CommandLineEnd Run(const LoadConfig& config, const std::string& version) {
    const auto stopSignal = servercore::platform::StopSignal::Create();  // first: see there
    const auto network = servercore::platform::OpenSystemNetwork();
    if (!stopSignal || !network) {
        const std::error_code error = stopSignal ? network.error() : stopSignal.error();
        return FailToReach(config.connectText, "the operating system refuses what a client needs: " + error.message());
    }
    const servercore::SteadyClock clock;
    auto log = servercore::Logger::ToStandardError("DummyClient", servercore::LogLevel::Warning);

    const auto addresses = (*network)->Resolve(config.connect.host, config.connect.port);
    if (!addresses) {
        return FailToReach(config.connectText, "the name is unknown");
    }
    bool stopped = false;
    const auto pause = [&](std::chrono::milliseconds time) {
        if (stopped) {
            std::this_thread::sleep_for(time);  // WaitFor would return at once
        } else {
            stopped = (*stopSignal)->WaitFor(time);
        }
        return stopped;
    };
    const auto print = [](const std::string& line) { Print(line + "\n"); };
    // The wall clock, for reports of several machines are put side by side by it.
    const auto startedAt = std::chrono::system_clock::now().time_since_epoch();
    LoadRun run(config, {.network = **network, .clock = clock, .log = log, .pause = pause, .print = print});
    const servercore::Result<LoadResult> result = run.Run(*addresses);
    if (!result) {
        return FailToReach(config.connectText, result.error().message());
    }
    RunReport report = run.TakeReport(*result);
    report.meta = Describe(config, version, std::chrono::duration_cast<std::chrono::milliseconds>(startedAt).count());
    return Conclude(config, *result, std::move(report));
}

}  // namespace

CommandLineEnd RunLoadCommand(std::span<const std::string> arguments, const std::string& version) {
    CommandLineResult options = ParseRunOptions(arguments, version);
    return options.config ? Run(*options.config, version) : std::move(options.end);
}

}  // namespace loadtest
