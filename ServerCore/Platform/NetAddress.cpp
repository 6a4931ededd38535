#include "ServerCore/Platform/NetAddress.h"

#include <algorithm>
#include <charconv>

#include <fmt/core.h>

#include "ServerCore/Platform/AddressText.h"

namespace servercore {

namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

std::error_code InvalidAddress() noexcept {
    return std::make_error_code(std::errc::invalid_argument);
}

}  // namespace

NetAddress NetAddress::FromIPv4(std::array<std::uint8_t, 4> bytes, std::uint16_t port) noexcept {
    NetAddress address;
    std::copy(bytes.begin(), bytes.end(), address.bytes_.begin());
    address.port_ = port;
    return address;
}

NetAddress NetAddress::FromIPv6(std::array<std::uint8_t, 16> bytes, std::uint16_t port, std::uint32_t scopeId) noexcept {
    if (std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), bytes.begin())) {
        return FromIPv4({bytes[12], bytes[13], bytes[14], bytes[15]}, port);
    }
    NetAddress address;
    address.bytes_ = bytes;
    address.port_ = port;
    address.scopeId_ = scopeId;
    address.family_ = AddressFamily::IPv6;
    return address;
}

NetAddress NetAddress::Any(AddressFamily family, std::uint16_t port) noexcept {
    return family == AddressFamily::IPv4 ? FromIPv4({}, port) : FromIPv6({}, port);
}

NetAddress NetAddress::Loopback(AddressFamily family, std::uint16_t port) noexcept {
    if (family == AddressFamily::IPv4) {
        return FromIPv4({127, 0, 0, 1}, port);
    }
    std::array<std::uint8_t, 16> bytes{};
    bytes[15] = 1;
    return FromIPv6(bytes, port);
}

Result<NetAddress> NetAddress::Parse(std::string_view text) {
    const Result<HostAndPort> parts = SplitHostPort(text);
    if (!parts) {
        return parts.error();
    }
    const bool isBracketed = text.front() == '[';
    std::array<std::uint8_t, 4> v4{};
    if (!isBracketed && platform::ParseIPv4(parts->host.c_str(), v4)) {
        return FromIPv4(v4, parts->port);
    }
    std::array<std::uint8_t, 16> v6{};
    if (platform::ParseIPv6(parts->host.c_str(), v6)) {
        return FromIPv6(v6, parts->port);
    }
    return InvalidAddress();
}

NetAddress NetAddress::WithPort(std::uint16_t port) const noexcept {
    NetAddress address = *this;
    address.port_ = port;
    return address;
}

std::string NetAddress::ToString() const {
    return family_ == AddressFamily::IPv4 ? fmt::format("{}:{}", HostString(), port_) : fmt::format("[{}]:{}", HostString(), port_);
}

std::string NetAddress::HostString() const {
    if (family_ == AddressFamily::IPv4) {
        return fmt::format("{}.{}.{}.{}", bytes_[0], bytes_[1], bytes_[2], bytes_[3]);
    }
    return platform::FormatIPv6(bytes_);
}

Result<HostAndPort> SplitHostPort(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) {
        return InvalidAddress();
    }
    std::string_view host = text.substr(0, colon);
    const std::string_view port = text.substr(colon + 1);

    if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
        host = host.substr(1, host.size() - 2);
    } else if (host.find(':') != std::string_view::npos) {
        return InvalidAddress();
    }

    // The systems' parsers and resolvers would stop at a NUL, and take what comes before it.
    if (host.find('\0') != std::string_view::npos) {
        return InvalidAddress();
    }

    HostAndPort result{.host = std::string(host)};
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), result.port);
    if (error != std::errc{} || end != port.data() + port.size() || host.empty()) {
        return InvalidAddress();
    }
    return result;
}

}  // namespace servercore
