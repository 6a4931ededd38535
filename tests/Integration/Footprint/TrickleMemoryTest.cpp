// Row 1 of the attack catalogue: what a connection that trickles costs the server in memory, on real sockets.
#include <gtest/gtest.h>

#include <array>
#include <iostream>
#include <span>
#include <vector>

#include "tests/Integration/Footprint/CountedHeap.h"
#include "tests/Integration/Footprint/EchoWorld.h"
#include "tests/Integration/Footprint/QuietPeer.h"

namespace servercore::test {
namespace {

constexpr std::size_t kSessions = 5000;
constexpr std::size_t kMaxBytesPerSession = 4096;

// Everybody sends pieces of these sizes of one legal packet, each of which comes with a receive of its own; then nobody sends any more.
void ExpectBoundedMemory(const char* what, std::span<const std::size_t> pieces) {
    const std::size_t sessions = DescriptorsFor(2 * kSessions) / 2;
    std::vector<std::byte> packet(kMaxPacketBytes);
    StoreLittleEndian16(packet, kMaxPacketBytes);
    std::vector<QuietPeer> peers;
    peers.reserve(sessions);
    EchoWorld world(EchoConfig(0));
    ServerService& service = world.service;
    std::size_t completions = 0;
    const std::size_t before = HeapBytes();
    while (peers.size() < sessions) {
        peers.emplace_back(service.ListenAddress());
        ASSERT_TRUE(Await(service, peers.size()));
    }
    ConstBytes rest = packet;
    for (const std::size_t piece : pieces) {
        completions = 0;
        for (QuietPeer& peer : peers) {
            peer.Send(rest.first(piece));
        }
        ASSERT_TRUE(DispatchUntil(service, completions, [&] { return completions == sessions; }));
        rest = rest.subspan(piece);
    }
    const std::size_t bytes = (HeapBytes() - before) / sessions;
    std::cout << what << ": " << bytes << " bytes, measured with " << sessions << '\n';
    EXPECT_LE(bytes, kMaxBytesPerSession);
    EXPECT_EQ(service.SessionCount(), sessions);

    world.clock.Advance(SessionLimits().firstPacketTimeout);
    EXPECT_TRUE(DispatchUntil(service, completions, [&] { return service.SessionCount() == 0; }));
    const Ledger ledger = service.GetLedger();
    EXPECT_EQ(ledger.closedBy[static_cast<std::size_t>(CloseReason::FirstPacketTimeout)], sessions);
}

TEST(TrickleMemory, OfPartOfAHeaderIsBelowItsBound) {
    ExpectBoundedMemory("three bytes of a header, one at a time", std::array<std::size_t, 3>{1, 1, 1});
}

TEST(TrickleMemory, OfPartOfABodyIsBelowItsBound) {
    ExpectBoundedMemory("five bytes of a body of 64 KB, one at a time", std::array<std::size_t, 6>{kPacketHeaderBytes, 1, 1, 1, 1, 1});
    ExpectBoundedMemory("1,000 bytes of a body of 64 KB, in two pieces", std::array<std::size_t, 2>{kPacketHeaderBytes + 500, 500});
}

}  // namespace
}  // namespace servercore::test
