#include "ServerCore/Platform/CidrRange.h"

#include <algorithm>
#include <charconv>

#include <fmt/core.h>

namespace servercore {

namespace {

constexpr unsigned kBitsPerByte = 8;
// An IPv4-mapped address (::ffff:a.b.c.d) begins with so many bits.
constexpr unsigned kMappedBits = 96;

unsigned BitsOf(AddressFamily family) noexcept {
    return family == AddressFamily::IPv4 ? 32 : 128;
}

std::error_code InvalidRange() noexcept {
    return std::make_error_code(std::errc::invalid_argument);
}

// The host part alone: NetAddress::Parse wants brackets and a port.
Result<NetAddress> ParseHost(std::string_view host) {
    const bool isIPv6 = host.find(':') != std::string_view::npos;
    return NetAddress::Parse(isIPv6 ? fmt::format("[{}]:0", host) : fmt::format("{}:0", host));
}

}  // namespace

CidrRange CidrRange::Around(const NetAddress& address, unsigned prefixBits) noexcept {
    CidrRange range;
    range.family_ = address.Family();
    range.prefixBits_ = static_cast<std::uint8_t>(std::min(prefixBits, BitsOf(range.family_)));
    const std::size_t whole = range.prefixBits_ / kBitsPerByte;
    std::copy_n(address.Bytes().begin(), whole, range.bytes_.begin());
    if (const unsigned rest = range.prefixBits_ % kBitsPerByte; rest > 0) {
        range.bytes_[whole] = static_cast<std::uint8_t>(address.Bytes()[whole] & (0xFFU << (kBitsPerByte - rest)));
    }
    return range;
}

Result<CidrRange> CidrRange::Parse(std::string_view text) {
    const std::size_t slash = text.find('/');
    const std::string_view host = text.substr(0, slash);
    const Result<NetAddress> address = ParseHost(host);
    if (!address) {
        return address.error();
    }
    unsigned bits = BitsOf(address->Family());
    if (slash != std::string_view::npos) {
        const std::string_view number = text.substr(slash + 1);
        const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), bits);
        if (error != std::errc{} || end != number.data() + number.size()) {
            return InvalidRange();
        }
        if (address->Family() == AddressFamily::IPv4 && host.find(':') != std::string_view::npos) {
            if (bits < kMappedBits) {
                return InvalidRange();  // would take in more than the IPv4 addresses
            }
            bits -= kMappedBits;
        }
    }
    const CidrRange range = Around(*address, bits);
    if (bits > BitsOf(address->Family()) || range.bytes_ != address->Bytes()) {
        return InvalidRange();
    }
    return range;
}

bool CidrRange::Contains(const NetAddress& address) const noexcept {
    return Around(address, prefixBits_) == *this;
}

std::string CidrRange::ToString() const {
    const NetAddress address = family_ == AddressFamily::IPv4 ? NetAddress::FromIPv4({bytes_[0], bytes_[1], bytes_[2], bytes_[3]}, 0)
                                                              : NetAddress::FromIPv6(bytes_, 0);
    return fmt::format("{}/{}", address.HostString(), prefixBits_);
}

}  // namespace servercore
