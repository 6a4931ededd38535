#include "DummyClient/Attack/AttackCommand.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "DummyClient/Attack/AttackConfig.h"
#include "DummyClient/Attack/AttackRun.h"
#include "DummyClient/Attack/TargetGuard.h"
#include "DummyClient/Report/ReportFiles.h"
#include "ServerCore/Platform/Network.h"
#include "ServerCore/Platform/OpenFileLimit.h"
#include "ServerCore/Platform/StopSignal.h"

namespace loadtest {

using servercore::app::CommandLineEnd;

namespace {

constexpr int kFailed = 1;

void Print(const std::string& text) {
    fmt::print("{}", text);
    std::fflush(stdout);
}

CommandLineEnd Fail(const std::string& why, int exitCode = kFailed) {
    return {.exitCode = exitCode, .message = fmt::format("DummyClient: {}\n", why)};
}

// What is wrong when there are too few descriptors for so many sockets; empty when there are enough.
std::string RaiseFileLimit(const attack::AttackPlan& plan) {
    constexpr std::uint64_t kOthers = 128;
    std::uint64_t most = plan.attackers;
    for (const attack::AttackKind* kind : plan.kinds) {
        most = std::max<std::uint64_t>(most, plan.attackers == 0 ? kind->attackers : 0);
    }
    // One that ends is not gone at once when the next one comes.
    const std::uint64_t needed = 2 * most + plan.honest.players + kOthers;
    const auto limit = servercore::platform::RaiseOpenFileLimit();
    if (!limit || *limit >= needed) {
        return {};  // unknown: an attacker without a socket says so
    }
    return servercore::platform::ExplainOpenFileLimit(fmt::format("{} attackers and {} honest players", most, plan.honest.players), needed,
                                                      *limit);
}

// Table, file and verdict.
CommandLineEnd Conclude(const attack::AttackConfig& config, const attack::AttackReport& report, const std::string& version) {
    Print(attack::ToTable(report));
    if (!config.json.empty()) {
        if (const std::string problem = WriteTextFile(config.json, attack::ToJson(report, version)); !problem.empty()) {
            return {.exitCode = kFailed, .message = "DummyClient: " + problem};
        }
    }
    return {.exitCode = report.Passed() ? 0 : kFailed, .message = {}};
}

CommandLineEnd Run(attack::AttackConfig config, const std::string& version) {
    const auto stopSignal = servercore::platform::StopSignal::Create();  // first: see there
    const auto network = servercore::platform::OpenSystemNetwork();
    if (!stopSignal || !network) {
        const std::error_code error = stopSignal ? network.error() : stopSignal.error();
        return Fail("the operating system refuses what a client needs: " + error.message());
    }
    const auto addresses = (*network)->Resolve(config.connect.host, config.connect.port);
    if (!addresses) {
        return Fail(fmt::format("the name in '{}' is unknown (check --connect)", config.plan.target));
    }
    if (const std::string refusal = attack::RefuseTarget(config.plan.target, *addresses, config.isOwned); !refusal.empty()) {
        return Fail(refusal, servercore::app::kUsageError);
    }
    if (const std::string problem = RaiseFileLimit(config.plan); !problem.empty()) {
        return Fail(problem);
    }
    config.plan.settings.server = addresses->front();
    const servercore::SteadyClock clock;
    auto log = servercore::Logger::ToStandardError("DummyClient", servercore::LogLevel::Error);
    bool stopped = false;
    const auto pause = [&](std::chrono::milliseconds time) {
        if (stopped) {
            std::this_thread::sleep_for(time);  // WaitFor would return at once
        } else {
            stopped = (*stopSignal)->WaitFor(time);
        }
        return stopped;
    };
    attack::AttackRun run(config.plan, {.network = **network, .clock = clock, .log = log},
                          {.pause = pause, .print = [](const std::string& line) { Print(line + "\n"); }});
    attack::AttackReport report = run.Run();
    report.assumed = config.assumed;
    return Conclude(config, report, version);
}

}  // namespace

CommandLineEnd RunAttackCommand(std::span<const std::string> arguments, const std::string& version) {
    attack::AttackConfigResult options = attack::ParseAttackOptions(arguments, version);
    return options.config ? Run(*std::move(options.config), version) : std::move(options.end);
}

}  // namespace loadtest
