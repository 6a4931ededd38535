#include <string>

#include "tests/Fuzz/FuzzTargets.h"
#include "tests/Simulation/Swarm.h"
#include "tests/Simulation/SwarmPlan.h"

namespace servercore::test {

namespace {

// So that a run takes milliseconds.
constexpr std::size_t kConnects = 6;

}  // namespace

std::string FuzzSchedule(ConstBytes input) {
    SwarmPlan plan = PlanFromBytes(input);
    std::size_t connects = 0;
    std::erase_if(plan.steps, [&](const SwarmStep& step) { return step.deed == SwarmDeed::Connect && ++connects > kConnects; });
    std::string problems;
    for (const std::string& problem : RunSwarm(plan).problems) {
        problems += problem + '\n';
    }
    return problems;
}

}  // namespace servercore::test
