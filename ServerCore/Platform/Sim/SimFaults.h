#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace servercore::platform {

// What a simulated network may do to those who use it. All of it is legal behind the seam; a real network does most of it rarely.
enum class SimFault : std::uint8_t {
    ShortReceive,          // a receive gets a part of what has arrived, often a single byte
    ShortSend,             // a send is taken in part although there is room for it
    Reorder,               // a completion takes a random place in its port's queue
    LateCompletion,        // a completion is delivered up to SimOptions::maxDelay later
    LateCancel,            // the same for an operation that a cancel or a close has ended
    ErrorAtSubmit,         // an error that is known already is reported by the submit, not by a completion
    SlowSegment,           // a segment, and with it all behind it, arrives up to maxDelay later
    Reset,                 // both ends are reset, the receiving one at a random byte of a segment
    ResetLosesUnread,      // a reset discards what had arrived and was not received yet
    SilentDeath,           // nothing of this connection arrives any more, and nobody is told
    ConnectRefused,        // although somebody listens
    ConnectDelayed,        // by up to maxDelay
    ConnectBlackHoled,     // no answer: timed_out after SimOptions::connectGivesUp
    AcceptAborted,         // an accept ends with connection_aborted, and a connection that waited is reset
    AcceptWithoutHandles,  // an accept ends with too_many_files_open; the connection goes on waiting
    SubmitWithoutBuffers,  // accept, connect, receive or send fail with no_buffer_space
    OpenWithoutHandles,    // OpenStream, or the Attach of a stream, fails with too_many_files_open
};

inline constexpr std::size_t kSimFaultCount = static_cast<std::size_t>(SimFault::OpenWithoutHandles) + 1;

[[nodiscard]] std::string_view ToString(SimFault fault) noexcept;

// How likely each fault is, from 0 to 1, whenever it could happen. Without any, the network is perfect.
class SimFaults {
public:
    [[nodiscard]] double& operator[](SimFault fault) noexcept { return chances_[static_cast<std::size_t>(fault)]; }
    [[nodiscard]] double operator[](SimFault fault) const noexcept { return chances_[static_cast<std::size_t>(fault)]; }

private:
    std::array<double, kSimFaultCount> chances_{};
};

}  // namespace servercore::platform
