// That neither traffic nor silence allocates, and neither do sizes that cannot be.
#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "tests/Integration/Footprint/CountedHeap.h"
#include "tests/Integration/Footprint/EchoWorld.h"
#include "tests/Integration/Footprint/QuietPeer.h"
#include "tests/Support/FakeNetwork.h"

namespace servercore::test {
namespace {

using namespace std::chrono_literals;

TEST(Allocation, DoesNotHappenForASteadyEcho) {
    constexpr int kWarmUp = 100;
    constexpr int kPackets = 10000;
    EchoWorld world(EchoConfig(1));
    ServerService& service = world.service;
    QuietPeer peer(service.ListenAddress());
    const auto packet = MakePacket();
    const auto play = [&](int packets) {
        for (int i = 0; i < packets; ++i) {
            world.clock.Advance(1ms);  // so timers expire too, and packets are never silent for long
            peer.Exchange(packet);
        }
    };
    play(kWarmUp);
    const std::uint64_t before = Allocations();
    play(kPackets);
    EXPECT_EQ(Allocations() - before, 0U);
    EXPECT_EQ(service.SessionCount(), 1U);
}

// An hour, of which the engine sees every half second.
TEST(Allocation, DoesNotHappenForIdleSessionsAndNeitherDoCallsOfTheSystem) {
    constexpr std::size_t kSessions = 10000;
    constexpr Duration kIdle = 1h;
    constexpr Duration kStep = 500ms;
    FakeClock clock;
    Logger log = Logger::Silent();
    FakeNetwork network;
    ServiceConfig config = EchoConfig(0);
    config.limits.firstPacketTimeout = 2h;
    config.limits.idleTimeout = 2h;
    ServerService service(
        network, config, [&service] { return std::make_shared<EchoSession>(service.Buffers()); }, clock, log);
    ASSERT_FALSE(service.Start({.address = NetAddress::Any(AddressFamily::IPv4, 7777), .options = {}}));
    const auto packet = MakePacket();
    std::size_t calls = 0;
    network.beforeCall = [&calls](Call, FakeSocket*) { ++calls; };
    const auto dispatch = [&] {
        do {
            (void)service.Dispatch(0ms);
        } while (!network.IsIdle());
    };
    const auto pass = [&](Duration time) {
        for (Duration passed{}; passed < time; passed += kStep) {
            clock.Advance(kStep);
            (void)service.Dispatch(0ms);
        }
    };
    // The fake network allocates in each wait; what it does without sessions is its own.
    const std::uint64_t allocationsAtFirst = Allocations();
    pass(kIdle);
    const std::uint64_t fakesOwn = Allocations() - allocationsAtFirst;

    for (std::size_t i = 0; i < kSessions; ++i) {
        FakeSocket& wire = network.Listener().AcceptFrom(NetAddress::FromIPv4({10, 0, 0, 1}, 1000));
        dispatch();
        wire.Deliver({reinterpret_cast<const char*>(packet.data()), packet.size()});
        dispatch();
        wire.TakeSend();
        dispatch();
    }
    ASSERT_EQ(service.SessionCount(), kSessions);
    pass(1min);  // until they have noticed that they are idle
    const std::uint64_t allocations = Allocations();
    calls = 0;
    pass(kIdle);
    EXPECT_EQ(Allocations() - allocations, fakesOwn);
    EXPECT_EQ(calls, 0U);
    EXPECT_EQ(service.SessionCount(), kSessions);
    network.beforeCall = {};
    service.Stop();
    while (service.SessionCount() > 0) {
        clock.Advance(kStep);
        dispatch();
    }
}

// Rows 2 and 3 of the attack catalogue. Behind the header comes as much of a body as the server takes in one piece. Each session ends with
// the completion that brought the header, and from there to its end nothing is allocated, so nothing is for the body.
TEST(Allocation, DoesNotHappenForASizeThatCannotBe) {
    constexpr std::size_t kSessions = 600;
    constexpr std::size_t kLimit = 1024;
    constexpr std::array<std::size_t, 6> kSizes = {0, 1, 2, kPacketHeaderBytes - 1, kLimit + 1, kMaxPacketBytes};
    ServiceConfig config = EchoConfig(0);
    config.limits.packetBytes = kLimit;
    EchoWorld world(config);
    ServerService& service = world.service;

    std::uint64_t allocations = 0;
    std::size_t completions = 0;
    const auto attack = [&] {
        std::vector<QuietPeer> peers;
        while (peers.size() < kSessions) {
            peers.emplace_back(service.ListenAddress());
        }
        EXPECT_TRUE(Await(service, kSessions));
        std::array<std::byte, 4096> bytes{};
        completions = 0;
        const std::uint64_t before = Allocations();
        for (std::size_t left = kSessions; left > 0; --left) {
            StoreLittleEndian16(bytes, static_cast<std::uint16_t>(kSizes[left % kSizes.size()]));
            peers[left - 1].Send(bytes);
            EXPECT_TRUE(DispatchUntil(service, completions, [&] { return service.SessionCount() < left; }));
        }
        allocations = Allocations() - before;
    };
    attack();  // what is made once for all is not counted
    attack();
    EXPECT_EQ(allocations, 0U);
    EXPECT_EQ(completions, kSessions);
    const Ledger ledger = service.GetLedger();
    EXPECT_EQ(ledger.closedBy[static_cast<std::size_t>(CloseReason::PacketTooSmall)], 2 * kSessions * 4 / kSizes.size());
    EXPECT_EQ(ledger.closedBy[static_cast<std::size_t>(CloseReason::PacketTooLarge)], 2 * kSessions * 2 / kSizes.size());
}

}  // namespace
}  // namespace servercore::test
