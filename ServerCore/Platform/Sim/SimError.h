#pragma once

#include <cstdint>
#include <system_error>

namespace servercore::platform {

// How an operation of the simulation can fail. Named by the simulation itself because the numbers of std::errc differ between systems, and
// the trace must not.
enum class SimError : std::uint8_t {
    None,
    Cancelled,
    Reset,
    Aborted,
    Refused,
    TimedOut,
    BrokenPipe,
    NotConnected,
    NoBuffers,
    NoHandles,
};

[[nodiscard]] std::error_code ToErrorCode(SimError error) noexcept;

}  // namespace servercore::platform
