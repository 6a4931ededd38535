#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace servercore {

// What became of a packet that was given to a generated dispatcher. Everything but Accepted and Refused is decided without the game.
enum class PacketVerdict : std::uint8_t {
    Accepted,    // the handler took it
    Unknown,     // no packet of this direction has the id
    WrongState,  // the session's state does not allow it
    TooLarge,    // larger than its max_size
    TooCostly,   // parsing it would take more memory than ParseLimits::arenaBytes
    Malformed,   // the body is no such message, or nests too deeply
    Refused,     // the handler's own decision: the message breaks a rule of the game
};

inline constexpr std::size_t kPacketVerdictCount = static_cast<std::size_t>(PacketVerdict::Refused) + 1;

[[nodiscard]] std::string_view ToString(PacketVerdict verdict) noexcept;

}  // namespace servercore
