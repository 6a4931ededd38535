#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace servercore {

using ConstBytes = std::span<const std::byte>;
using MutableBytes = std::span<std::byte>;

// Little-endian access byte by byte: correct on any host and at any alignment (a packet header may start anywhere in a
// receive block). Precondition of both: `bytes` holds at least two bytes.
[[nodiscard]] constexpr std::uint16_t LoadLittleEndian16(ConstBytes bytes) noexcept {
    return static_cast<std::uint16_t>(std::to_integer<unsigned>(bytes[0]) | (std::to_integer<unsigned>(bytes[1]) << 8U));
}

constexpr void StoreLittleEndian16(MutableBytes bytes, std::uint16_t value) noexcept {
    bytes[0] = static_cast<std::byte>(value & 0xFFU);
    bytes[1] = static_cast<std::byte>(value >> 8U);
}

}  // namespace servercore
