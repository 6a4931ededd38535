// The server's process: builds everything in order, waits for the operator, takes it down in the opposite order.
#include <chrono>
#include <cstdio>
#include <string>

#include <fmt/format.h>

#include "Server/RoomServer.h"
#include "Server/ServerConfig.h"
#include "ServerCore/Job/WorkerPool.h"
#include "ServerCore/Platform/Network.h"
#include "ServerCore/Platform/StopSignal.h"

namespace {

constexpr int kNotBalanced = 1;
constexpr int kCannotListen = 3;

int Fail(const std::string& what, std::error_code error) {
    fmt::print(stderr, "MyTitleServer: {}: {}\n", what, error.message());
    return kCannotListen;
}

int Run(const mytitle::ServerConfig& config) {
    const auto stopSignal = servercore::platform::StopSignal::Create();  // first: the threads made later inherit what it sets up
    if (!stopSignal) {
        return Fail("cannot wait for signals", stopSignal.error());
    }
    const auto network = servercore::platform::OpenSystemNetwork();
    if (!network) {
        return Fail("cannot use the network", network.error());
    }
    const auto addresses = (*network)->Resolve(config.listen.host, config.listen.port);
    if (!addresses) {
        return Fail("cannot listen on " + config.listenText, addresses.error());
    }
    const servercore::SteadyClock clock;
    auto log = servercore::Logger::ToStandardError("MyTitleServer", config.logLevel);
    servercore::WorkerPool logic("logic");
    servercore::JobTimers timers(clock);
    const mytitle::ServerWorld world{.network = **network, .executor = logic, .timers = timers, .clock = clock, .log = log};
    mytitle::RoomServer server(world, config);

    logic.Start(1);  // a room is one job queue: more threads would have nothing to do
    if (const std::error_code error = timers.Start("timers")) {
        return Fail("cannot start the timers", error);
    }
    if (const std::error_code error = server.Start(addresses->front())) {
        return Fail("cannot listen on " + config.listenText + " (choose another address with --listen)", error);
    }
    fmt::print("ready listen={}\n", server.ListenAddress().ToString());
    std::fflush(stdout);

    while (!(*stopSignal)->WaitFor(std::chrono::seconds(1))) {
        // The place for what is to be looked at once a second.
    }
    timers.Stop();
    server.BeginStop();
    while (server.Wait(std::chrono::seconds(1)) == servercore::WaitResult::TimedOut) {
        // Ends by itself: see RoomServer::BeginStop.
    }
    logic.Stop();
    fmt::print("{}{}", mytitle::ToString(server.GetRoomTotals()), server.GetLedger().ToString());
    std::fflush(stdout);
    return server.IsBalanced() ? 0 : kNotBalanced;
}

}  // namespace

int main(int argc, char** argv) {
    const mytitle::ServerCommandLine commandLine = mytitle::ParseServerCommandLine(argc, argv);
    if (!commandLine.config) {
        fmt::print(commandLine.end.exitCode == 0 ? stdout : stderr, "{}", commandLine.end.message);
        return commandLine.end.exitCode;
    }
    return Run(*commandLine.config);
}
