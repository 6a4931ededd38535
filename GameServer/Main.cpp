#include <chrono>
#include <cstdio>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "GameServer/Console.h"
#include "GameServer/GameServer.h"
#include "GameServer/GameServerConfig.h"
#include "GameServer/LiveConfig.h"
#include "ServerCore/Platform/LineInput.h"
#include "ServerCore/Platform/Network.h"
#include "ServerCore/Platform/OpenFileLimit.h"
#include "ServerCore/Platform/StopSignal.h"

namespace {

constexpr int kNotBalanced = 1;
constexpr int kCannotListen = 3;

int Fail(const std::string& message) {
    fmt::print(stderr, "{}\n", message);
    return kCannotListen;
}

// Start may have to wait for the port, and the operator need not wait for that.
std::error_code StartUnlessStopped(game::GameServer& server, const servercore::NetAddress& address,
                                   servercore::platform::StopSignal& stopSignal) {
    std::future<std::error_code> starting = std::async(std::launch::async, [&] { return server.Start(address); });
    while (starting.wait_for(std::chrono::milliseconds(20)) == std::future_status::timeout) {
        if (stopSignal.WaitFor(std::chrono::milliseconds(0))) {
            server.CancelStart();
        }
    }
    return starting.get();
}

// Takes commands from standard input, on a thread of its own.
class ConsoleThread {
public:
    ConsoleThread(game::GameServer& server, servercore::platform::LineInput& input)
        : input_(input), thread_([this, &server] { Run(server); }) {}

    ~ConsoleThread() {
        input_.Stop();
        thread_.join();
    }
    ConsoleThread(const ConsoleThread&) = delete;
    ConsoleThread& operator=(const ConsoleThread&) = delete;

private:
    void Run(game::GameServer& server) {
        game::Console console(server);
        while (const auto line = input_.ReadLine()) {
            fmt::print("{}", console.Execute(*line));
            std::fflush(stdout);
        }
    }

    servercore::platform::LineInput& input_;
    std::thread thread_;
};

int Run(const game::GameServerConfig& config, std::vector<std::string> commandLine) {
    const auto stopSignal = servercore::platform::StopSignal::Create();  // first: see there
    const auto network = servercore::platform::OpenSystemNetwork();
    const auto input = servercore::platform::LineInput::OpenStandardInput();
    for (const std::error_code error : {stopSignal.error(), network.error(), input.error()}) {
        if (error) {
            return Fail("GameServer: the operating system refuses what a server needs: " + error.message());
        }
    }
    const servercore::SteadyClock clock;
    auto log = servercore::Logger::ToStandardError("GameServer", config.logLevel);
    if (const auto limit = servercore::platform::RaiseOpenFileLimit(); !limit) {
        log.Warning("the limit on open files stays as it is: {}", limit.error().message());
    }
    game::LiveConfig liveConfig(config, std::move(commandLine), log);  // first: the file may change while the port is in use

    const auto addresses = (*network)->Resolve(config.listen.host, config.listen.port);
    if (!addresses) {
        return Fail(game::DescribeListenFailure(config.listenText, addresses.error()));
    }
    game::GameServer server(**network, config, clock, log);
    if (const std::error_code error = StartUnlessStopped(server, addresses->front(), **stopSignal)) {
        return Fail(game::DescribeListenFailure(config.listenText, error));
    }
    fmt::print("ready listen={}\n", server.ListenAddress().ToString());
    std::fflush(stdout);

    {
        const ConsoleThread console(server, **input);
        while (!(*stopSignal)->WaitFor(std::chrono::seconds(1)) && !server.IsDrained()) {
            if (const auto changed = liveConfig.Poll()) {
                server.SetLimits(*changed);
            }
        }
    }
    server.Stop();
    fmt::print("{}{}{}", game::ToString(server.GetWorldTotals()), game::ToString(server.GetOffences()), server.GetLedger().ToString());
    std::fflush(stdout);
    return server.IsBalanced() ? 0 : kNotBalanced;
}

}  // namespace

int main(int argc, char** argv) {
    const game::CommandLineResult commandLine = game::ParseCommandLine(argc, argv);
    if (!commandLine.config) {
        fmt::print(commandLine.end.exitCode == 0 ? stdout : stderr, "{}", commandLine.end.message);
        return commandLine.end.exitCode;
    }
    return Run(*commandLine.config, {argv, argv + argc});
}
