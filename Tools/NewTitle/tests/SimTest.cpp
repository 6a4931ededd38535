// The same server and bots in a simulated network: one thread, virtual time, faults from a seed. A run that fails can be had again.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "BotRun.h"
#include "Client/Behaviours.h"
#include "Server/RoomServer.h"
#include "ServerCore/Job/ManualExecutor.h"
#include "ServerCore/Platform/Sim/SimNetwork.h"

namespace mytitle::test {
namespace {

using namespace std::chrono_literals;
using servercore::platform::SimFault;

constexpr std::uint64_t kSeeds = 20;

// Ten talk, others come and go.
constexpr std::string_view kScenario = R"(
duration = "2s"
[[group]]
behaviour = "talk"
bots = 10
rate = 5
[[group]]
behaviour = "visit"
shape = { kind = "arrival", per_second = 10, random = true }
[group.options]
stay = "100ms"
)";

servercore::platform::SimOptions Options(std::uint64_t seed) {
    servercore::platform::SimOptions options{.seed = seed, .jitter = 30ms};
    options.faults[SimFault::ShortReceive] = 0.3;
    options.faults[SimFault::ShortSend] = 0.3;
    options.faults[SimFault::LateCompletion] = 0.2;
    return options;
}

// A network and a server in it.
class World {
public:
    explicit World(std::uint64_t seed) : network_(Options(seed)) {}

    // Until the bots have gone, and then until everything has ended.
    [[nodiscard]] BotOutcome Run() {
        EXPECT_FALSE(server_.Start(servercore::NetAddress::Loopback(servercore::AddressFamily::IPv4, 0)));
        BotOutcome outcome = PlayBots(kScenario, Behaviours(), server_.ListenAddress(),
                                      {.network = network_,
                                       .clock = network_.GetClock(),
                                       .log = log_,
                                       .pause =
                                           [this](std::chrono::milliseconds time) {
                                               Turn(time);
                                               return false;
                                           },
                                       .show = [](const loadtest::RunView&) {}},
                                      0);
        timers_.Stop();
        server_.BeginStop();
        const servercore::TimePoint giveUp = network_.GetClock().Now() + 1h;
        while (server_.Wait(0ms) != servercore::WaitResult::Stopped && network_.GetClock().Now() < giveUp) {
            Turn(1ms);
        }
        executor_.RunAll();
        return outcome;
    }

    [[nodiscard]] RoomTotals GetRoomTotals() const { return server_.GetRoomTotals(); }
    [[nodiscard]] bool IsBalanced() const { return server_.IsBalanced(); }
    [[nodiscard]] std::uint64_t TraceHash() const { return network_.TraceHash(); }

private:
    // What the server has to do now; then time passes.
    void Turn(std::chrono::milliseconds time) {
        while (server_.Dispatch() + timers_.RunDue() + executor_.RunAll() > 0) {
            // And what comes of it.
        }
        network_.Advance(time);
    }

    servercore::platform::SimNetwork network_;
    servercore::Logger log_ = servercore::Logger::Silent();
    servercore::ManualExecutor executor_;
    servercore::JobTimers timers_{network_.GetClock()};
    RoomServer server_{{.network = network_, .executor = executor_, .timers = timers_, .clock = network_.GetClock(), .log = log_},
                       ServerConfig{.workers = 0}};
};

TEST(Sim, BotsHearEveryLineWhateverTheNetworkDoes) {
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
        SCOPED_TRACE(seed);
        World world(seed);
        const BotOutcome outcome = world.Run();
        EXPECT_EQ(outcome.wrong, std::vector<std::string>());
        EXPECT_GT(outcome.linesHeard, world.GetRoomTotals().lines);  // each by its speaker, and most by others
        EXPECT_GT(world.GetRoomTotals().entered, 20U);
        EXPECT_TRUE(world.IsBalanced());
    }
}

TEST(Sim, TheSameSeedGivesTheSameRun) {
    World first(7);
    World second(7);
    EXPECT_EQ(first.Run().linesHeard, second.Run().linesHeard);
    EXPECT_EQ(first.TraceHash(), second.TraceHash());
}

}  // namespace
}  // namespace mytitle::test
