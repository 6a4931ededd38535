// What an idle connection costs the server in memory, on real sockets.
#include <gtest/gtest.h>

#include <iostream>
#include <vector>

#include "tests/Integration/Footprint/CountedHeap.h"
#include "tests/Integration/Footprint/EchoWorld.h"
#include "tests/Integration/Footprint/QuietPeer.h"

namespace servercore::test {
namespace {

constexpr std::size_t kSessions = 10000;
constexpr std::size_t kMaxBytesPerSession = 600;

// Long enough to count as idle, too short for the idle timeout.
constexpr std::chrono::seconds kQuietTime{20};

TEST(IdleMemory, OfASessionThatHasSentAndReceivedIsBelowItsBound) {
    const std::size_t sessions = DescriptorsFor(2 * kSessions) / 2;
    if (sessions < kSessions) {
        std::cout << "only " << sessions << " sessions: this process may have no more descriptors\n";
    }
    Bell bell;
    std::vector<QuietPeer> peers;
    peers.reserve(sessions);
    EchoWorld world(EchoConfig(1));
    ServerService& service = world.service;
    const auto packet = MakePacket();
    const auto makeOne = [&] { peers.emplace_back(service.ListenAddress()).Exchange(packet); };

    makeOne();  // what is made once for all is not counted
    const std::size_t before = HeapBytes();
    while (peers.size() < sessions) {
        makeOne();
    }
    ASSERT_EQ(service.SessionCount(), sessions);
    std::size_t bytes = 0;
    const auto measure = [&] { return bytes = (HeapBytes() - before) / (sessions - 1); };
    std::cout << "a session that has just been busy: " << measure() << " bytes\n";
    world.clock.Advance(kQuietTime);
    EXPECT_TRUE(bell.WaitUntil([&] { return measure() <= kMaxBytesPerSession; })) << bytes << " bytes";
    std::cout << "an idle session: " << bytes << " bytes, measured with " << sessions << "; the object itself " << sizeof(EchoSession)
              << '\n';
    EXPECT_EQ(service.SessionCount(), sessions) << "they are idle, not gone";
}

}  // namespace
}  // namespace servercore::test
