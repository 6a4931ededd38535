#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "ServerCore/Base/Result.h"

namespace servercore {

enum class AddressFamily : std::uint8_t { IPv4, IPv6 };

// An IP address and a TCP port: a plain value without an operating system's type in it.
// IPv4-mapped IPv6 addresses (::ffff:a.b.c.d, which dual-stack sockets report) are stored as IPv4, so equal peers compare equal.
// Threads: a value; safe to copy and share.
class NetAddress {
public:
    // 0.0.0.0:0
    NetAddress() = default;

    [[nodiscard]] static NetAddress FromIPv4(std::array<std::uint8_t, 4> bytes, std::uint16_t port) noexcept;
    // `scopeId` is the interface index of a link-local address, else 0.
    [[nodiscard]] static NetAddress FromIPv6(std::array<std::uint8_t, 16> bytes, std::uint16_t port, std::uint32_t scopeId = 0) noexcept;

    // Every interface: 0.0.0.0 or [::]. An IPv6 listener on it can serve both families (ListenOptions::dualStack).
    [[nodiscard]] static NetAddress Any(AddressFamily family, std::uint16_t port) noexcept;
    [[nodiscard]] static NetAddress Loopback(AddressFamily family, std::uint16_t port) noexcept;

    // Reads "127.0.0.1:7777" or "[::1]:7777"; numbers only, no name look-up.
    // Fails with std::errc::invalid_argument.
    [[nodiscard]] static Result<NetAddress> Parse(std::string_view text);

    [[nodiscard]] AddressFamily Family() const noexcept { return family_; }
    [[nodiscard]] std::uint16_t Port() const noexcept { return port_; }
    [[nodiscard]] std::uint32_t ScopeId() const noexcept { return scopeId_; }
    // Network byte order; an IPv4 address fills the first four bytes, the rest are 0.
    [[nodiscard]] const std::array<std::uint8_t, 16>& Bytes() const noexcept { return bytes_; }

    [[nodiscard]] NetAddress WithPort(std::uint16_t port) const noexcept;
    // "127.0.0.1:7777", "[::1]:7777"
    [[nodiscard]] std::string ToString() const;
    // "127.0.0.1", "::1"
    [[nodiscard]] std::string HostString() const;

    friend bool operator==(const NetAddress&, const NetAddress&) noexcept = default;

private:
    std::array<std::uint8_t, 16> bytes_{};
    std::uint32_t scopeId_ = 0;
    std::uint16_t port_ = 0;
    AddressFamily family_ = AddressFamily::IPv4;
};

// "host:port" or "[v6]:port" taken apart; the host is not looked up.
struct HostAndPort {
    std::string host;
    std::uint16_t port = 0;
};

// Fails with std::errc::invalid_argument: no port, a port over 65535, an empty host, a NUL in it, or an IPv6 address
// without brackets.
[[nodiscard]] Result<HostAndPort> SplitHostPort(std::string_view text);

}  // namespace servercore
