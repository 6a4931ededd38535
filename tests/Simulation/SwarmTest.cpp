// The swarm itself: that it can be repeated, and that it meets what it is there to meet. What it finds is judged by the Swarm program.
#include <gtest/gtest.h>

#include <vector>

#include "ServerCore/Platform/Sim/SimRandom.h"
#include "tests/Simulation/Swarm.h"

namespace servercore::test {
namespace {

TEST(Swarm, TheSameSeedGivesTheSameRun) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        const SwarmResult first = RunSwarm(DrawPlan(seed));
        const SwarmResult second = RunSwarm(DrawPlan(seed));
        EXPECT_EQ(first.trace, second.trace) << seed;
        EXPECT_EQ(first.packets, second.packets) << seed;
        EXPECT_EQ(first.injected, second.injected) << seed;
    }
}

// A swarm that meets no trouble proves nothing.
TEST(Swarm, MeetsEveryFaultAndGracefulEndsAsWell) {
    SwarmResult all;
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        all += RunSwarm(DrawPlan(seed));
    }
    EXPECT_TRUE(all.problems.empty());
    for (std::size_t i = 0; i < all.injected.size(); ++i) {
        EXPECT_GT(all.injected[i], 0U) << ToString(static_cast<platform::SimFault>(i));
    }
    EXPECT_GT(all.pendedSends, 0U);
    EXPECT_GT(all.graceful, 0U);
    EXPECT_GT(all.connected, 0U);
    EXPECT_GT(all.packets, 1000U);
}

// What a fuzzer does: bytes instead of a seed, any number of them.
TEST(Swarm, IsDecidedByBytesAsFarAsTheyGo) {
    platform::SimRandom random(1);
    std::vector<std::byte> bytes(4000);
    for (std::byte& byte : bytes) {
        byte = static_cast<std::byte>(random.Below(256));
    }
    std::vector<std::uint64_t> traces;
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{399}, std::size_t{600}, bytes.size()}) {
        const SwarmResult first = RunSwarm(PlanFromBytes(ConstBytes(bytes).first(size)));
        const SwarmResult second = RunSwarm(PlanFromBytes(ConstBytes(bytes).first(size)));
        EXPECT_TRUE(first.problems.empty()) << first.problems.front();
        EXPECT_EQ(first.trace, second.trace);
        traces.push_back(first.trace);
    }
    EXPECT_NE(traces[2], traces[3]);
    EXPECT_NE(traces[3], traces[4]) << "the run did not listen to its bytes";
}

}  // namespace
}  // namespace servercore::test
