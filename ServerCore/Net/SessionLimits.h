#pragma once

#include <chrono>
#include <cstddef>

#include "ServerCore/Net/PacketHeader.h"

namespace servercore {

// What one session may take. A zero duration or rate switches that limit off.
struct SessionLimits {
    // Bytes queued for sending and not yet taken by the operating system. Beyond it the session ends with SlowConsumer.
    std::size_t sendQueueBytes = std::size_t{512} * 1024;

    // The largest packet accepted, header included.
    std::size_t packetBytes = kMaxPacketBytes;

    // From accept to the first complete packet; bytes that complete none do not extend it. Not for sessions that connected.
    std::chrono::milliseconds firstPacketTimeout{5000};

    // Without any byte received.
    std::chrono::milliseconds idleTimeout{30000};

    // From Close to the end of the connection; then it is reset.
    std::chrono::milliseconds drainTimeout{5000};

    std::chrono::milliseconds connectTimeout{10000};

    // Packets received: a steady rate, and how many may come at once.
    double packetsPerSecond = 0;
    double packetBurst = 0;
};

}  // namespace servercore
