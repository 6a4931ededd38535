#pragma once

#include <cstdint>

namespace servercore {

// What a session counted in its life. queued = sent + replaced + abandoned, once it has ended.
struct SessionTotals {
    std::uint64_t packetsQueued = 0;     // Send said Queued or Replaced
    std::uint64_t packetsSent = 0;       // taken whole by the operating system
    std::uint64_t packetsReplaced = 0;   // queued, and then a newer one took their place
    std::uint64_t packetsAbandoned = 0;  // queued, and still there when the session ended
    std::uint64_t packetsDropped = 0;    // Send said Dropped
    std::uint64_t sends = 0;             // operations that carried them
    std::uint64_t bytesSent = 0;
    std::uint64_t bytesReceived = 0;
    std::uint64_t packetsReceived = 0;
    std::uint64_t throttles = 0;  // receiving was put off, because the peer was over its budget

    // Judged by PacketPolicer: received over the budget, and made the peer wait or ended the session; over the budget but let pass, and
    // sessions let live, because the limits only observe; free, because the game had granted them.
    std::uint64_t packetsOverBudget = 0;
    std::uint64_t packetsObserved = 0;
    std::uint64_t closesObserved = 0;
    std::uint64_t packetsGranted = 0;

    SessionTotals& operator+=(const SessionTotals& other) noexcept;
};

}  // namespace servercore
