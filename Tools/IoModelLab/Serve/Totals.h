#pragma once

#include <cstdint>
#include <string>

namespace iolab {

// What became of the clients of a server.
// Threads: a value.
struct Totals {
    std::uint64_t accepted = 0;
    std::uint64_t refused = 0;         // accepted by the system, but the model has no room for them; not among `accepted`
    std::uint64_t closedOrderly = 0;   // the client finished: recv returned 0
    std::uint64_t aborted = 0;         // the connection broke: reset, or any other error
    std::uint64_t brokeFraming = 0;    // dropped for what it sent
    std::uint64_t endedByStop = 0;     // still there when the server stopped
    std::uint64_t acceptFailures = 0;  // accepts that brought no client
    std::uint64_t frames = 0;
    std::uint64_t bytes = 0;  // received

    // Every client that came has gone, once.
    [[nodiscard]] bool IsBalanced() const noexcept { return accepted == closedOrderly + aborted + brokeFraming + endedByStop; }

    // "clients accepted=... held=0" and "echoed frames=... bytes=...", a line each.
    [[nodiscard]] std::string ToString() const;
};

}  // namespace iolab
