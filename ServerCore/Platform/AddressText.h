#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace servercore::platform {

// Numeric address text, by each operating system's inet_pton / inet_ntop. For NetAddress only.
[[nodiscard]] bool ParseIPv4(const char* text, std::array<std::uint8_t, 4>& bytes) noexcept;
[[nodiscard]] bool ParseIPv6(const char* text, std::array<std::uint8_t, 16>& bytes) noexcept;
[[nodiscard]] std::string FormatIPv6(const std::array<std::uint8_t, 16>& bytes);

}  // namespace servercore::platform
