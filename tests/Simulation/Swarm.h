#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "ServerCore/Platform/Sim/SimFaults.h"
#include "tests/Simulation/SwarmPlan.h"

namespace servercore::test {

// What a run came to.
struct SwarmResult {
    std::vector<std::string> problems;  // broken promises; none is what it should be

    std::uint64_t trace = 0;
    Duration took{};  // in the simulation's time
    std::uint64_t connected = 0;
    std::uint64_t packets = 0;   // received
    std::uint64_t graceful = 0;  // ends of sessions
    std::uint64_t pendedSends = 0;
    std::array<std::uint64_t, platform::kSimFaultCount> injected{};

    SwarmResult& operator+=(const SwarmResult& other);
};

// One server and one or two client services talk, close, fail and stop as planned, until all have ended. Nothing else has an influence on
// the run: the same plan gives the same result. After a service that does not stop, it and its network are leaked, because nobody can wait
// for them.
[[nodiscard]] SwarmResult RunSwarm(const SwarmPlan& plan);

}  // namespace servercore::test
