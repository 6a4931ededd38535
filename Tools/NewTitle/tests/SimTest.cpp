// The same server and bots in a simulated network: one thread, virtual time, faults from a seed. A run that fails can be had again.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "Client/Bot.h"
#include "Client/Crowd.h"
#include "Server/RoomServer.h"
#include "ServerCore/Job/ManualExecutor.h"
#include "ServerCore/Net/ClientService.h"
#include "ServerCore/Platform/Sim/SimNetwork.h"

namespace mytitle::test {
namespace {

using namespace std::chrono_literals;
using servercore::platform::SimFault;

constexpr std::size_t kBots = 10;
constexpr std::uint32_t kLines = 10;
constexpr std::uint64_t kSeeds = 20;

servercore::platform::SimOptions Options(std::uint64_t seed) {
    servercore::platform::SimOptions options{.seed = seed, .jitter = 30ms};
    options.faults[SimFault::ShortReceive] = 0.3;
    options.faults[SimFault::ShortSend] = 0.3;
    options.faults[SimFault::LateCompletion] = 0.2;
    return options;
}

// A network, a server and its bots.
class World {
public:
    explicit World(std::uint64_t seed) : network_(Options(seed)) {}

    // Until everything is heard, and then until everything has ended. False: virtual hours were not enough.
    [[nodiscard]] bool Run() {
        if (server_.Start(servercore::NetAddress::Loopback(servercore::AddressFamily::IPv4, 0)) || clients_.Start() ||
            !ConnectBots(clients_, server_.ListenAddress(), kBots, crowd_)) {
            return false;
        }
        const bool isOver = TurnUntil([this] { return crowd_.IsOver(); });
        clients_.Stop();
        const bool clientsStopped = TurnUntil([this] { return clients_.Wait(0ms) == servercore::WaitResult::Stopped; });
        timers_.Stop();
        server_.BeginStop();
        const bool serverStopped = TurnUntil([this] { return server_.Wait(0ms) == servercore::WaitResult::Stopped; });
        executor_.RunAll();
        return isOver && clientsStopped && serverStopped;
    }

    [[nodiscard]] const Crowd& GetCrowd() const { return crowd_; }
    [[nodiscard]] bool IsBalanced() const { return server_.IsBalanced() && clients_.GetLedger().IsBalanced(); }
    [[nodiscard]] std::uint64_t TraceHash() const { return network_.TraceHash(); }

private:
    template <class Condition>
    [[nodiscard]] bool TurnUntil(Condition condition) {
        const servercore::TimePoint giveUp = network_.GetClock().Now() + 1h;
        while (!condition()) {
            if (network_.GetClock().Now() > giveUp) {
                return false;
            }
            Turn();
        }
        return true;
    }

    // What there is to do now; else time moves to the next thing.
    void Turn() {
        if (server_.Dispatch() + clients_.Dispatch(0ms) + timers_.RunDue() + executor_.RunAll() > 0) {
            return;
        }
        servercore::Duration step = 10ms;
        if (const auto next = timers_.NextExpiry()) {
            step = std::clamp<servercore::Duration>(*next - network_.GetClock().Now(), 1us, step);
        }
        network_.Advance(step);
    }

    servercore::platform::SimNetwork network_;
    servercore::Logger log_ = servercore::Logger::Silent();
    servercore::ManualExecutor executor_;
    servercore::JobTimers timers_{network_.GetClock()};
    RoomServer server_{{.network = network_, .executor = executor_, .timers = timers_, .clock = network_.GetClock(), .log = log_},
                       ServerConfig{.workers = 0}};
    Crowd crowd_{kBots, kLines};
    servercore::ClientService clients_{network_, ServiceConfigFor({.workers = 0, .bots = kBots}), network_.GetClock(), log_};
};

TEST(Sim, EveryBotHearsEveryLineWhateverTheNetworkDoes) {
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
        SCOPED_TRACE(seed);
        World world(seed);
        EXPECT_TRUE(world.Run());
        EXPECT_EQ(world.GetCrowd().Finished(), kBots) << world.GetCrowd().Problem();
        EXPECT_TRUE(world.IsBalanced());
    }
}

TEST(Sim, TheSameSeedGivesTheSameRun) {
    World first(7);
    World second(7);
    EXPECT_TRUE(first.Run());
    EXPECT_TRUE(second.Run());
    EXPECT_EQ(first.TraceHash(), second.TraceHash());
}

}  // namespace
}  // namespace mytitle::test
