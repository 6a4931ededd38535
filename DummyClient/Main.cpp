#include <chrono>
#include <cstdio>
#include <string>
#include <thread>

#include <fmt/format.h>

#include "DummyClient/LoadConfig.h"
#include "DummyClient/LoadReport.h"
#include "DummyClient/LoadRun.h"
#include "ServerCore/Platform/Network.h"
#include "ServerCore/Platform/StopSignal.h"

namespace {

constexpr int kNotVerified = 1;
constexpr int kNotReachable = 3;

void PrintLine(const std::string& line) {
    fmt::print("{}\n", line);
    std::fflush(stdout);
}

int FailToReach(const std::string& server, const std::string& why) {
    fmt::print(stderr, "DummyClient: nobody listens at {}: {} (start GameServer, or check --connect)\n", server, why);
    return kNotReachable;
}

int Run(const loadtest::LoadConfig& config) {
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
    loadtest::LoadRun run(config, {.network = **network, .clock = clock, .log = log, .pause = pause, .print = PrintLine});
    const servercore::Result<loadtest::LoadResult> result = run.Run(*addresses);
    if (!result) {
        return FailToReach(config.connectText, result.error().message());
    }
    fmt::print("{}", loadtest::ToTable(*result));
    std::fflush(stdout);
    return result->IsVerified() ? 0 : kNotVerified;
}

}  // namespace

int main(int argc, char** argv) {
    const loadtest::CommandLineResult commandLine = loadtest::ParseCommandLine(argc, argv);
    if (!commandLine.config) {
        fmt::print(commandLine.end.exitCode == 0 ? stdout : stderr, "{}", commandLine.end.message);
        return commandLine.end.exitCode;
    }
    return Run(*commandLine.config);
}
