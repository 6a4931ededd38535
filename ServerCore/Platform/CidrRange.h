#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "ServerCore/Base/Result.h"
#include "ServerCore/Platform/NetAddress.h"

namespace servercore {

// The addresses that share their first bits: "10.0.0.0/8", "2001:db8::/32". Ranges of the two families have nothing in common, but an
// IPv4-mapped range is the IPv4 range it means, as with NetAddress. Ports and scopes do not matter.
// Threads: a value; safe to copy and share.
class CidrRange {
public:
    // 0.0.0.0/0: every IPv4 address.
    CidrRange() = default;

    // The range of that size which the address lies in; more bits than the family has (32, 128) mean all of them.
    [[nodiscard]] static CidrRange Around(const NetAddress& address, unsigned prefixBits) noexcept;

    // Reads ADDRESS/BITS, or an address alone: a range of one. Fails with std::errc::invalid_argument, also when the address has bits
    // beyond the prefix: who writes 10.1.2.3/8 may have meant one host, and gets sixteen million.
    [[nodiscard]] static Result<CidrRange> Parse(std::string_view text);

    [[nodiscard]] bool Contains(const NetAddress& address) const noexcept;

    [[nodiscard]] AddressFamily Family() const noexcept { return family_; }
    [[nodiscard]] unsigned PrefixBits() const noexcept { return prefixBits_; }
    // "10.0.0.0/8", "2001:db8::/32"
    [[nodiscard]] std::string ToString() const;

    // Some order, for use as a key.
    friend auto operator<=>(const CidrRange&, const CidrRange&) noexcept = default;

private:
    std::array<std::uint8_t, 16> bytes_{};  // as in NetAddress; 0 beyond the prefix
    std::uint8_t prefixBits_ = 0;
    AddressFamily family_ = AddressFamily::IPv4;
};

}  // namespace servercore
