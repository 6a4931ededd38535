// The swarm itself: that it can be repeated, and that it meets what it is there to meet. What it finds is judged by the Swarm program.
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace servercore::test
