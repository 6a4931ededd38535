#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <system_error>

namespace servercore {

// Why a session ended. Every session ends with exactly one of these, on both sides.
enum class CloseReason : std::uint8_t {
    LocalClose,            // this program closed it
    ServiceStopping,       // the service is shutting down
    PeerClosed,            // the peer sent FIN
    PeerReset,             // the peer sent RST
    NetworkLost,           // the operating system gave up on the connection
    ConnectFailed,         // never connected: refused, unreachable, ...
    ConnectTimeout,        // never connected within the deadline
    SelfConnect,           // connected to its own port (a closed loopback port inside the ephemeral range)
    FirstPacketTimeout,    // accepted, but no complete packet within the deadline
    PacketTimeout,         // a packet was begun and not completed within the deadline
    IdleTimeout,           // nothing received for too long
    SlowConsumer,          // the send queue passed its hard limit
    RateLimited,           // more packets than its budget
    PacketTooSmall,        // a size field below the header's size
    PacketTooLarge,        // a size field above the limit
    UnknownPacket,         // an id that the handler does not know
    MalformedPacket,       // a body that does not parse, or breaks the protocol
    WrongProtocolVersion,  // the peer speaks another version
    Kicked,                // the game's decision
    HandlerException,      // a game callback threw
    ResourceExhausted,     // memory or handles ran out
    IoError,               // any other failure of the operating system; see CloseInfo::error
};

inline constexpr std::size_t kCloseReasonCount = static_cast<std::size_t>(CloseReason::IoError) + 1;

enum class CloseInitiator : std::uint8_t { Local, Peer, System };

struct CloseInfo {
    CloseReason reason = CloseReason::LocalClose;
    CloseInitiator initiator = CloseInitiator::Local;
    // The operating system's error where one led to the close, else empty.
    std::error_code error;
    // Everything queued was sent and both sides finished; false after a reset or a missed deadline.
    bool graceful = false;
};

[[nodiscard]] std::string_view ToString(CloseReason reason) noexcept;
[[nodiscard]] std::string_view ToString(CloseInitiator initiator) noexcept;

// What an operating system error on an open connection means.
[[nodiscard]] CloseInfo CloseInfoFor(std::error_code error) noexcept;

// Resources ran out for the moment: keep the data and try again.
[[nodiscard]] bool IsResourceShortage(std::error_code error) noexcept;

}  // namespace servercore
