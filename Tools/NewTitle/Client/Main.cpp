// The bots' process: connects them, lets them talk, says whether everything arrived.
#include <chrono>
#include <cstdio>
#include <string>

#include <fmt/format.h>

#include "Client/Bot.h"
#include "Client/ClientConfig.h"
#include "Client/Crowd.h"
#include "ServerCore/Base/Clock.h"
#include "ServerCore/Base/Log.h"
#include "ServerCore/Net/ClientService.h"
#include "ServerCore/Platform/Network.h"
#include "ServerCore/Platform/StopSignal.h"

namespace {

constexpr int kFailed = 1;

int Fail(const std::string& problem) {
    fmt::print(stderr, "MyTitleClient: {}\n", problem);
    return kFailed;
}

int Run(const mytitle::ClientConfig& config) {
    const auto stopSignal = servercore::platform::StopSignal::Create();  // first: the threads made later inherit what it sets up
    if (!stopSignal) {
        return Fail("cannot wait for signals: " + stopSignal.error().message());
    }
    const auto network = servercore::platform::OpenSystemNetwork();
    if (!network) {
        return Fail("cannot use the network: " + network.error().message());
    }
    const auto addresses = (*network)->Resolve(config.connect.host, config.connect.port);
    if (!addresses) {
        return Fail(config.connectText + " is unknown: " + addresses.error().message());
    }
    const servercore::SteadyClock clock;
    auto log = servercore::Logger::ToStandardError("MyTitleClient", servercore::LogLevel::Warning);
    mytitle::Crowd crowd(config.bots, config.lines);
    servercore::ClientService service(**network, mytitle::ServiceConfigFor(config), clock, log);
    if (const std::error_code error = service.Start()) {
        return Fail("cannot use the network: " + error.message());
    }

    const servercore::TimePoint deadline = clock.Now() + config.patience;
    if (mytitle::ConnectBots(service, addresses->front(), config.bots, crowd)) {
        while (!crowd.WaitUntilOver(std::chrono::milliseconds(50))) {
            if ((*stopSignal)->WaitFor(std::chrono::milliseconds(0))) {
                crowd.Fail("stopped before everything was heard");
            } else if (clock.Now() >= deadline) {
                crowd.Fail(fmt::format("not everything was heard within {} s", config.patience.count()));
            }
        }
    }
    service.Stop();
    while (service.Wait(std::chrono::seconds(1)) == servercore::WaitResult::TimedOut) {
        // Ends by itself: what is left is reset after ServiceConfig::stopTimeout.
    }
    if (crowd.Finished() < config.bots) {
        return Fail(crowd.Problem() + " (is the server running, and is --connect right?)");
    }
    fmt::print("{} bots said {} lines each, and each heard all {}\n", config.bots, config.lines, crowd.LinesOfAll());
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const mytitle::ClientCommandLine commandLine = mytitle::ParseClientCommandLine(argc, argv);
    if (!commandLine.config) {
        fmt::print(commandLine.end.exitCode == 0 ? stdout : stderr, "{}", commandLine.end.message);
        return commandLine.end.exitCode;
    }
    return Run(*commandLine.config);
}
