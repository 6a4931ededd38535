#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "ServerCore/Base/Clock.h"
#include "ServerCore/Platform/Sim/SimFaults.h"

namespace servercore::platform {

// A network to simulate. The default is perfect, and about as quick as a loopback interface.
struct SimOptions {
    std::uint64_t seed = 1;
    std::vector<std::byte> script{};  // decides before the seed does; see SimRandom
    SimFaults faults{};

    // From one end of a connection to the other; each segment takes up to `jitter` longer. Above 0, or peers that answer each other at once
    // would keep time from moving.
    Duration latency = std::chrono::microseconds(50);
    Duration jitter{};
    // The longest delay that a fault adds.
    Duration maxDelay = std::chrono::milliseconds(200);
    // A connect that nobody answers; Windows takes about as long.
    Duration connectGivesUp = std::chrono::seconds(21);

    // What each direction of a connection holds that was sent and not received yet, drawn for each. At least 1.
    std::size_t minSendBufferBytes = std::size_t{256} * 1024;
    std::size_t maxSendBufferBytes = std::size_t{256} * 1024;
};

}  // namespace servercore::platform
