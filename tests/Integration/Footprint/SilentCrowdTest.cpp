// Row 18 of the attack catalogue at its own scale: 10,000 connections that say nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <vector>

#include "tests/Integration/Footprint/EchoWorld.h"
#include "tests/Integration/Footprint/QuietPeer.h"
#include "tests/Integration/Footprint/SilentCrowd.h"

namespace servercore::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kSilent = 10000;
constexpr std::size_t kHonest = 100;

TEST(SilentCrowd, KeepsNobodyOutAndGoesAtTheDeadline) {
    SilentCrowd crowd(kSilent);
    ASSERT_EQ(DescriptorsFor(crowd.Count() + 2 * kHonest), crowd.Count() + 2 * kHonest);
    if (crowd.Count() < kSilent) {
        std::cout << "only " << crowd.Count() << " connections: a process may have no more descriptors\n";
    }
    Bell bell;
    const ServiceConfig config = EchoConfig(1);
    std::vector<QuietPeer> honest;
    honest.reserve(kHonest);
    EchoWorld world(config);
    ServerService& service = world.service;
    crowd.Connect(service.ListenAddress());
    ASSERT_TRUE(bell.WaitUntil([&] { return service.SessionCount() == crowd.Count(); })) << service.SessionCount();

    const SteadyClock stopwatch;
    const auto packet = MakePacket();
    std::vector<double> delays;
    while (honest.size() < kHonest) {
        const TimePoint began = stopwatch.Now();
        honest.emplace_back(service.ListenAddress()).Exchange(packet);
        delays.push_back(std::chrono::duration<double, std::micro>(stopwatch.Now() - began).count());
    }
    std::ranges::sort(delays);
    std::cout << "beside " << crowd.Count() << " silent connections an honest client had its first answer after " << delays[kHonest / 2]
              << " us (50 %), " << delays.back() << " us (worst of " << kHonest << ")\n";
    EXPECT_EQ(service.GetLedger().acceptsInFlight, world.listen.acceptDepth) << "a silent client holds no accept";

    world.clock.Advance(config.limits.firstPacketTimeout - 100ms);
    honest.front().Exchange(packet);
    EXPECT_EQ(service.SessionCount(), crowd.Count() + kHonest) << "closed before its time";
    world.clock.Advance(100ms);
    EXPECT_TRUE(crowd.AwaitEnd());
    EXPECT_TRUE(bell.WaitUntil([&] { return service.SessionCount() == kHonest; }));
    EXPECT_EQ(service.GetLedger().closedBy[static_cast<std::size_t>(CloseReason::FirstPacketTimeout)], crowd.Count());
    for (QuietPeer& peer : honest) {
        peer.Exchange(packet);
    }
}

}  // namespace
}  // namespace servercore::test
