// What both sides have to know besides the packets.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mytitle::protocol {

// Raise it when an older peer would misunderstand.
inline constexpr std::uint32_t kVersion = 1;

// Of what is said, in UTF-8; nothing is no text.
inline constexpr std::size_t kMaxTextBytes = 256;

}  // namespace mytitle::protocol
