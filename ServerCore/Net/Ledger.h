#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "ServerCore/Net/Admission.h"
#include "ServerCore/Net/CloseReason.h"
#include "ServerCore/Net/SessionTotals.h"

namespace servercore {

// What a service did and what it still holds. After Stop and Wait it must balance: what was taken was given back.
struct Ledger {
    std::uint64_t sessionsOpened = 0;
    std::uint64_t sessionsClosed = 0;
    std::array<std::uint64_t, kCloseReasonCount> closedBy{};  // indexed by CloseReason
    std::array<std::uint64_t, kAdmissionCount> admissions{};  // of every connection accepted; indexed by Admission
    std::uint64_t hostsForgotten = 0;                         // see AdmissionLimits::maxRememberedHosts
    std::uint64_t acceptsFailed = 0;                          // accepts that brought no connection
    std::uint64_t listenerRebuilds = 0;                       // listening sockets that broke and were opened again

    SessionTotals totals;  // of the sessions that have closed, and what the silent ones have sent

    std::uint64_t stalls = 0;  // a callback kept its worker too long; each stage of it counts

    std::size_t acceptsInFlight = 0;
    std::size_t operationsInFlight = 0;  // those accepts among them
    std::size_t buffersOutstanding = 0;
    std::size_t workersRunning = 0;

    // Connections that were accepted only to be ended by this side.
    [[nodiscard]] std::uint64_t AcceptsRefused() const noexcept;

    // Nothing is held any more, and every packet queued was sent, replaced or counted as abandoned.
    [[nodiscard]] bool IsBalanced() const noexcept;

    // One "ledger key=value ..." line per subject; the last says "ledger balanced=yes" or "=no".
    [[nodiscard]] std::string ToString() const;
};

}  // namespace servercore
