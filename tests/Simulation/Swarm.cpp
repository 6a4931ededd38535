#include "tests/Simulation/Swarm.h"

#include <algorithm>
#include <functional>
#include <memory>

#include "tests/Simulation/SwarmRun.h"

namespace servercore::test {

SwarmResult& SwarmResult::operator+=(const SwarmResult& other) {
    problems.insert(problems.end(), other.problems.begin(), other.problems.end());
    trace = trace * 31 + other.trace;
    took += other.took;
    connected += other.connected;
    packets += other.packets;
    graceful += other.graceful;
    pendedSends += other.pendedSends;
    std::transform(injected.begin(), injected.end(), other.injected.begin(), injected.begin(), std::plus<>());
    return *this;
}

SwarmResult RunSwarm(const SwarmPlan& plan) {
    auto run = std::make_unique<SwarmRun>(plan);
    if (run->TurnUntilStopped()) {
        return run->Finish();
    }
    return run.release()->GiveUp();
}

}  // namespace servercore::test
