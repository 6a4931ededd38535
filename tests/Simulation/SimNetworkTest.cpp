// What the simulation promises beyond the contract: its time, its determinism, its ends of connections.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <vector>

#include "ServerCore/Platform/Sim/SimNetwork.h"
#include "tests/Support/Connections.h"

namespace servercore::test {
namespace {

using namespace std::chrono_literals;
using platform::SimFault;
using platform::SimOptions;

class SimTest : public ::testing::Test {
protected:
    explicit SimTest(const SimOptions& options = {.latency = 1ms}) : network_(options) {}

    [[nodiscard]] TimePoint Now() const { return network_.GetClock().Now(); }
    [[nodiscard]] ConnectedPair Pair() { return ConnectPair(network_, port_); }

    platform::SimNetwork network_;
    PortRunner port_{Require(network_.OpenPort())};
};

// --- Time --------------------------------------------------------------------------------------------------------------

TEST_F(SimTest, WaitingForNothingDoesNotMoveTime) {
    ConnectedPair pair = Pair();
    TestOperation& receive = port_.Receive(*pair.server);
    SendAll(port_, *pair.client, AsBytes("x"));
    const TimePoint begin = Now();
    port_.Drain();
    EXPECT_TRUE(receive.IsInFlight());
    EXPECT_EQ(Now(), begin);
}

TEST_F(SimTest, WaitingInVainMovesTimeByTheTimeout) {
    const TimePoint begin = Now();
    EXPECT_EQ(port_.WaitOnce(250ms), 0U);
    EXPECT_EQ(Now() - begin, 250ms);
}

TEST_F(SimTest, WaitingMovesTimeToTheNextCompletionAndNoFurther) {
    ConnectedPair pair = Pair();
    TestOperation& receive = port_.Receive(*pair.server);
    SendAll(port_, *pair.client, AsBytes("x"));
    const TimePoint begin = Now();
    EXPECT_EQ(port_.WaitOnce(10s), 1U);
    EXPECT_FALSE(receive.IsInFlight());
    EXPECT_EQ(Now() - begin, 1ms);
}

TEST_F(SimTest, AWakeEndsAWaitBeforeTimeMoves) {
    const TimePoint begin = Now();
    port_.Port().Wake();
    EXPECT_EQ(port_.WaitOnce(10s), 0U);
    EXPECT_EQ(Now(), begin);
    EXPECT_EQ(port_.WaitOnce(10s), 0U);
    EXPECT_EQ(Now() - begin, 10s) << "one wake ended two waits";
}

TEST_F(SimTest, AdvanceStopsWhereSomePortHasSomething) {
    ConnectedPair pair = Pair();
    TestOperation& receive = port_.Receive(*pair.server);
    SendAll(port_, *pair.client, AsBytes("x"));
    EXPECT_EQ(network_.Advance(10s), 1ms);
    EXPECT_EQ(network_.Advance(10s), 0ms) << "there is something to deliver now";
    port_.Drain();
    EXPECT_FALSE(receive.IsInFlight());
    EXPECT_EQ(network_.Advance(7s), 7s);
}

TEST_F(SimTest, ClosedConnectionsAndPortsGiveTheirPortsBack) {
    constexpr int kMoreThanThereArePorts = 20'000;
    const SocketPtr listener = OpenListener(network_, port_, NetAddress::Loopback(AddressFamily::IPv4, 0));
    const NetAddress address = Require(listener->LocalAddress());
    for (int i = 0; i < kMoreThanThereArePorts; i += 100) {
        std::vector<ConnectedPair> pairs;
        for (int k = 0; k < 100; ++k) {
            pairs.push_back(ConnectTo(network_, port_, *listener, address));
        }
    }
}

// --- Ends of connections -----------------------------------------------------------------------------------------------

TEST_F(SimTest, ClosingOverUnreadBytesResetsThePeer) {
    ConnectedPair pair = Pair();
    SendAll(port_, *pair.client, AsBytes("unread"));
    port_.WaitOnce(5ms);
    pair.server.reset();
    EXPECT_EQ(ReceiveOnce(port_, *pair.client).error, std::errc::connection_reset);
}

TEST_F(SimTest, BytesForAClosedEndAreAnsweredByAReset) {
    ConnectedPair pair = Pair();
    pair.server.reset();
    EXPECT_TRUE(IsEndOfStream(ReceiveOnce(port_, *pair.client)));
    SendAll(port_, *pair.client, AsBytes("too late"));
    port_.WaitOnce(5ms);
    EXPECT_EQ(ReceiveOnce(port_, *pair.client).error, std::errc::connection_reset);
}

TEST_F(SimTest, ClosingAListenerResetsTheConnectionsThatWaitForIt) {
    SocketPtr listener = OpenListener(network_, port_, NetAddress::Loopback(AddressFamily::IPv4, 0));
    const SocketPtr client = OpenStream(network_, port_);
    Require(port_.Finish(port_.Connect(*client, Require(listener->LocalAddress()))).error);
    listener.reset();
    EXPECT_EQ(ReceiveOnce(port_, *client).error, std::errc::connection_reset);
}

TEST_F(SimTest, AConnectToAFullBacklogGivesUpInTheEnd) {
    const SocketPtr listener =
        OpenListener(network_, port_, NetAddress::Loopback(AddressFamily::IPv4, 0), {.backlog = 0, .dualStack = true});
    std::array<SocketPtr, 2> clients;
    std::array<TestOperation*, 2> connects{};
    for (std::size_t i = 0; i < clients.size(); ++i) {
        clients[i] = OpenStream(network_, port_);
        connects[i] = &port_.Connect(*clients[i], Require(listener->LocalAddress()));
    }
    const TimePoint begin = Now();
    EXPECT_EQ(port_.Finish(*connects[0]).error, std::error_code{});
    EXPECT_EQ(port_.Finish(*connects[1]).error, std::errc::timed_out);
    EXPECT_EQ(Now() - begin, SimOptions{}.connectGivesUp);
}

// --- Determinism -------------------------------------------------------------------------------------------------------

struct Trace {
    std::uint64_t hash = 0;
    TimePoint end;
};

// Twenty connections, one after the other, with every fault that loses nothing.
Trace RunScript(std::uint64_t seed) {
    SimOptions options{.seed = seed, .jitter = 5ms, .minSendBufferBytes = 100, .maxSendBufferBytes = 1000};
    for (const SimFault fault : {SimFault::ShortReceive, SimFault::ShortSend, SimFault::Reorder, SimFault::LateCompletion,
                                 SimFault::SlowSegment, SimFault::ConnectDelayed}) {
        options.faults[fault] = 0.3;
    }
    platform::SimNetwork network(options);
    PortRunner port(Require(network.OpenPort()));
    const std::vector<std::byte> bytes = Pattern(3000);
    for (int i = 0; i < 20; ++i) {
        const ConnectedPair pair = ConnectPair(network, port);
        for (ConstBytes rest = bytes; !rest.empty();) {
            const std::size_t sent = port.Finish(port.Send(*pair.client, rest)).bytes;
            EXPECT_TRUE(std::ranges::equal(ReceiveExactly(port, *pair.server, sent), rest.first(sent)));
            rest = rest.subspan(sent);
        }
    }
    return {.hash = network.TraceHash(), .end = network.GetClock().Now()};
}

TEST(SimDeterminism, TheSameSeedGivesTheSameRun) {
    const Trace first = RunScript(7);
    const Trace second = RunScript(7);
    EXPECT_EQ(first.hash, second.hash);
    EXPECT_EQ(first.end, second.end);
}

TEST(SimDeterminism, AnotherSeedGivesAnotherRun) {
    EXPECT_NE(RunScript(7).hash, RunScript(8).hash);
}

// The number changes with the simulation, and must not with the platform or the compiler.
TEST(SimDeterminism, TheRunIsTheSameOnEveryPlatform) {
    EXPECT_EQ(RunScript(7).hash, 5926942475915986985U);
}

}  // namespace
}  // namespace servercore::test
