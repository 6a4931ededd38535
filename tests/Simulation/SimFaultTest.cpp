// Each fault: what it looks like to those who use the network, and that it is counted.
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

SimOptions With(SimFault fault, double chance = 1) {
    SimOptions options{.latency = 1ms};
    options.faults[fault] = chance;
    return options;
}

// A network and a port; the test's fault strikes whenever it can.
struct World {
    explicit World(const SimOptions& options) : network(options) {}

    [[nodiscard]] ConnectedPair Pair() { return ConnectPair(network, port); }
    [[nodiscard]] SocketPtr Listen() { return OpenListener(network, port, NetAddress::Loopback(AddressFamily::IPv4, 0)); }
    [[nodiscard]] TimePoint Now() const { return network.GetClock().Now(); }

    platform::SimNetwork network;
    PortRunner port{Require(network.OpenPort())};
};

TEST(SimFault, NoneHappensOnAPerfectNetwork) {
    World world(SimOptions{});
    ConnectedPair pair = world.Pair();
    for (int i = 0; i < 100; ++i) {
        ExpectEchoWorks(world.port, pair);
    }
    pair.client->AbortOnClose();
    pair = {};
    for (std::size_t i = 0; i < platform::kSimFaultCount; ++i) {
        const auto fault = static_cast<SimFault>(i);
        EXPECT_EQ(world.network.Injected(fault), 0U) << ToString(fault);
    }
}

TEST(SimFault, ShortReceiveGivesAPart) {
    World world(With(SimFault::ShortReceive));
    ConnectedPair pair = world.Pair();
    const std::vector<std::byte> bytes = Pattern(1000);
    SendAll(world.port, *pair.client, bytes);
    EXPECT_LT(ReceiveOnce(world.port, *pair.server).bytes, bytes.size());
    EXPECT_EQ(world.network.Injected(SimFault::ShortReceive), 1U);
}

TEST(SimFault, ShortSendTakesAPart) {
    World world(With(SimFault::ShortSend));
    ConnectedPair pair = world.Pair();
    const Outcome& sent = world.port.Finish(world.port.Send(*pair.client, Pattern(1000)));
    EXPECT_GE(sent.bytes, 1U);
    EXPECT_LT(sent.bytes, 1000U);
    EXPECT_EQ(world.network.Injected(SimFault::ShortSend), 1U);
}

TEST(SimFault, ReorderLetsALaterCompletionComeFirst) {
    World world(With(SimFault::Reorder, 0.5));
    std::vector<ConnectedPair> pairs;
    std::vector<std::size_t> order;
    for (int i = 0; i < 10; ++i) {
        pairs.push_back(world.Pair());
    }
    const std::vector<std::byte> bytes = Pattern(1);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        TestOperation& send = world.port.NewOperation([&order, i](Outcome&) { order.push_back(i); });
        Require(world.port.Send(*pairs[i].client, std::array{ConstBytes(bytes)}, send));
    }
    world.port.Drain();
    EXPECT_EQ(order.size(), pairs.size());
    EXPECT_FALSE(std::ranges::is_sorted(order));
    EXPECT_GT(world.network.Injected(SimFault::Reorder), 0U);
}

TEST(SimFault, LateCompletionsTakeTheirTime) {
    World world(With(SimFault::LateCompletion));
    ConnectedPair pair = world.Pair();
    const TimePoint begin = world.Now();
    EXPECT_EQ(world.port.Finish(world.port.Send(*pair.client, AsBytes("x"))).bytes, 1U);
    EXPECT_GT(world.Now(), begin);
    EXPECT_GT(world.network.Injected(SimFault::LateCompletion), 0U);
}

TEST(SimFault, LateCancelsComeAfterTheSocketIsGone) {
    World world(With(SimFault::LateCancel));
    ConnectedPair pair = world.Pair();
    const TestOperation& receive = world.port.Receive(*pair.server);
    pair = {};
    world.port.Drain();
    EXPECT_TRUE(receive.IsInFlight());
    EXPECT_TRUE(world.port.Await([&] { return !receive.IsInFlight(); }));
    EXPECT_EQ(world.network.Injected(SimFault::LateCancel), 1U);
}

TEST(SimFault, ErrorsMayBeReportedBySubmits) {
    World world(With(SimFault::ErrorAtSubmit));
    ConnectedPair pair = world.Pair();
    pair.server->AbortOnClose();
    pair.server.reset();
    world.port.WaitOnce(5ms);
    for (TestOperation* operation : {&world.port.Receive(*pair.client), &world.port.Send(*pair.client, AsBytes("x"))}) {
        EXPECT_TRUE(operation->Last().refused);
        EXPECT_EQ(operation->Last().error, std::errc::connection_reset);
    }
    EXPECT_EQ(world.network.Injected(SimFault::ErrorAtSubmit), 2U);
}

TEST(SimFault, SlowSegmentsKeepTheirOrder) {
    World world(With(SimFault::SlowSegment, 0.5));
    ConnectedPair pair = world.Pair();
    const std::vector<std::byte> bytes = Pattern(200);
    for (const std::byte& byte : bytes) {
        SendAll(world.port, *pair.client, ConstBytes(&byte, 1));
    }
    EXPECT_EQ(ReceiveExactly(world.port, *pair.server, bytes.size()), bytes);
    EXPECT_GT(world.network.Injected(SimFault::SlowSegment), 0U);
}

// At any byte: what came before it is a beginning of what was sent.
TEST(SimFault, ResetStrikesBothEndsAfterABeginningOfTheBytes) {
    World world(With(SimFault::Reset, 0.3));
    const std::vector<std::byte> bytes = Pattern(1000);
    const SocketPtr listener = world.Listen();
    bool wasCut = false;
    for (int i = 0; i < 50; ++i) {
        const SocketPtr client = OpenStream(world.network, world.port);
        TestOperation& accept = world.port.Accept(*listener);
        if (world.port.Finish(world.port.Connect(*client, Require(listener->LocalAddress()))).error) {
            static_cast<void>(world.port.Finish(accept));
            continue;  // reset while it connected
        }
        const SocketPtr server = std::move(world.port.Finish(accept).accepted);
        Require(world.port.Port().Attach(*server));
        const std::uint64_t before = world.network.Injected(SimFault::Reset);
        Require(world.port.Finish(world.port.Send(*client, bytes)).error);
        const bool wasReset = world.network.Injected(SimFault::Reset) > before;
        const Outcome& received = ReceiveOnce(world.port, *server);
        EXPECT_TRUE(received.data.empty() || std::equal(received.data.begin(), received.data.end(), bytes.begin()));
        wasCut = wasCut || (!received.data.empty() && received.data.size() < bytes.size());
        if (wasReset) {
            EXPECT_EQ(ReceiveOnce(world.port, *server).error, std::errc::connection_reset);
            EXPECT_EQ(ReceiveOnce(world.port, *client).error, std::errc::connection_reset);
        }
    }
    EXPECT_TRUE(wasCut);
}

TEST(SimFault, ResetMayLoseWhatNobodyHadReceived) {
    for (const double chance : {0.0, 1.0}) {
        World world(With(SimFault::ResetLosesUnread, chance));
        ConnectedPair pair = world.Pair();
        SendAll(world.port, *pair.client, AsBytes("x"));
        world.port.WaitOnce(5ms);
        pair.client->AbortOnClose();
        pair.client.reset();
        world.port.WaitOnce(5ms);
        EXPECT_EQ(ReceiveOnce(world.port, *pair.server).bytes, chance > 0 ? 0U : 1U);
        EXPECT_EQ(ReceiveOnce(world.port, *pair.server).error, std::errc::connection_reset);
        EXPECT_EQ(world.network.Injected(SimFault::ResetLosesUnread), chance > 0 ? 1U : 0U);
    }
}

// A world in which connections die, with one that has not yet.
struct DyingWorld : World {
    explicit DyingWorld(const SimOptions& options) : World(options), listener(Listen()) {
        while (server == nullptr) {  // a connection may die while it is made
            client = OpenStream(network, port);
            TestOperation& accept = port.Accept(*listener);
            const bool isConnected = !port.Finish(port.Connect(*client, Require(listener->LocalAddress()))).error;
            SocketPtr accepted = std::move(port.Finish(accept).accepted);
            if (isConnected) {
                server = std::move(accepted);
            }
        }
        Require(port.Port().Attach(*server));
        deathsBefore = network.Injected(SimFault::SilentDeath);
    }

    [[nodiscard]] bool HasDied() const { return network.Injected(SimFault::SilentDeath) > deathsBefore; }

    SocketPtr listener;
    SocketPtr server;
    SocketPtr client;
    std::uint64_t deathsBefore = 0;
};

SimOptions Deadly(std::uint64_t seed) {
    SimOptions options = With(SimFault::SilentDeath, 0.2);
    options.seed = seed;
    options.minSendBufferBytes = options.maxSendBufferBytes = 100;
    return options;
}

// Neither bytes nor the end of the stream arrive, and sends are taken until the pipe is full.
TEST(SimFault, SilentDeathTellsNobody) {
    DyingWorld world(Deadly(1));
    while (!world.HasDied()) {
        SendAll(world.port, *world.client, AsBytes("x"));
        if (!world.HasDied()) {
            EXPECT_EQ(ReceiveExactly(world.port, *world.server, 1).size(), 1U);
        }
    }
    const TestOperation& receive = world.port.Receive(*world.server);
    const std::vector<std::byte> bytes = Pattern(1000);
    EXPECT_LE(world.port.Finish(world.port.Send(*world.client, bytes)).bytes, 100U);
    const TestOperation& blocked = world.port.Send(*world.client, bytes);
    Require(world.server->ShutdownSend());
    world.port.WaitOnce(10h);
    EXPECT_TRUE(receive.IsInFlight());
    EXPECT_TRUE(blocked.IsInFlight());
    EXPECT_EQ(world.network.PendedSends(), 1U);
}

TEST(SimFault, SilentDeathTakesWhatIsOnItsWay) {
    int mostOnTheWay = 0;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        DyingWorld world(Deadly(seed));
        int onTheWay = -1;  // the one that died does not count
        while (!world.HasDied()) {
            SendAll(world.port, *world.client, AsBytes("x"));
            ++onTheWay;
        }
        mostOnTheWay = std::max(mostOnTheWay, onTheWay);
        const TestOperation& receive = world.port.Receive(*world.server);
        world.port.WaitOnce(1h);
        EXPECT_TRUE(receive.IsInFlight());
    }
    EXPECT_GT(mostOnTheWay, 0);
}

TEST(SimFault, ConnectsAreRefusedDelayedOrNotAnswered) {
    struct Case {
        SimFault fault;
        std::error_code error;
        Duration atLeast;
    };
    const std::array cases = {
        Case{SimFault::ConnectRefused, std::make_error_code(std::errc::connection_refused), 2ms},
        Case{SimFault::ConnectDelayed, {}, 2ms + 1ns},
        Case{SimFault::ConnectBlackHoled, std::make_error_code(std::errc::timed_out), SimOptions{}.connectGivesUp},
    };
    for (const Case& expected : cases) {
        World world(With(expected.fault));
        const SocketPtr listener = world.Listen();
        const SocketPtr client = OpenStream(world.network, world.port);
        const TimePoint begin = world.Now();
        EXPECT_EQ(world.port.Finish(world.port.Connect(*client, Require(listener->LocalAddress()))).error, expected.error)
            << ToString(expected.fault);
        EXPECT_GE(world.Now() - begin, expected.atLeast) << ToString(expected.fault);
        EXPECT_EQ(world.network.Injected(expected.fault), 1U);
    }
}

TEST(SimFault, AcceptsAreAborted) {
    World world(With(SimFault::AcceptAborted));
    const SocketPtr listener = world.Listen();
    TestOperation& accept = world.port.Accept(*listener);
    const SocketPtr client = OpenStream(world.network, world.port);
    const TestOperation& connect = world.port.Connect(*client, Require(listener->LocalAddress()));
    EXPECT_EQ(world.port.Finish(accept).error, std::errc::connection_aborted);
    EXPECT_TRUE(world.port.Await([&] { return !connect.IsInFlight(); }));
    EXPECT_EQ(ReceiveOnce(world.port, *client).error, std::errc::connection_reset);
    EXPECT_EQ(world.network.Injected(SimFault::AcceptAborted), 1U);
}

TEST(SimFault, AcceptsWithoutHandlesLeaveTheConnectionWaiting) {
    World world(With(SimFault::AcceptWithoutHandles, 0.5));
    const SocketPtr listener = world.Listen();
    const SocketPtr client = OpenStream(world.network, world.port);
    Require(world.port.Finish(world.port.Connect(*client, Require(listener->LocalAddress()))).error);
    std::uint64_t failures = 0;
    while (world.port.Finish(world.port.Accept(*listener)).error == std::errc::too_many_files_open) {
        ++failures;
    }
    EXPECT_GT(failures, 0U);
    EXPECT_EQ(world.network.Injected(SimFault::AcceptWithoutHandles), failures);
}

TEST(SimFault, SubmitsLackBuffers) {
    World world(With(SimFault::SubmitWithoutBuffers));
    const SocketPtr listener = world.Listen();
    const SocketPtr client = OpenStream(world.network, world.port);
    for (TestOperation* operation : {&world.port.Accept(*listener), &world.port.Connect(*client, Require(listener->LocalAddress())),
                                     &world.port.Receive(*client), &world.port.Send(*client, AsBytes("x"))}) {
        EXPECT_TRUE(operation->Last().refused);
        EXPECT_EQ(operation->Last().error, std::errc::no_buffer_space);
    }
    EXPECT_EQ(world.network.Injected(SimFault::SubmitWithoutBuffers), 4U);
}

TEST(SimFault, StreamsLackHandles) {
    World world(With(SimFault::OpenWithoutHandles, 0.5));
    const SocketPtr listener = world.Listen();  // listeners do not
    int opened = 0;
    int attached = 0;
    for (int i = 0; i < 100; ++i) {
        Result<SocketPtr> stream = world.network.OpenStream(AddressFamily::IPv4);
        if (!stream) {
            EXPECT_EQ(stream.error(), std::errc::too_many_files_open);
            continue;
        }
        ++opened;
        const std::error_code error = world.port.Port().Attach(**stream);
        EXPECT_TRUE(!error || error == std::errc::too_many_files_open);
        attached += error ? 0 : 1;
    }
    EXPECT_GT(opened, attached);
    EXPECT_GT(attached, 0);
    EXPECT_EQ(world.network.Injected(SimFault::OpenWithoutHandles), static_cast<std::uint64_t>(100 - attached));
}

}  // namespace
}  // namespace servercore::test
