#include "DummyClient/Attack/TargetGuard.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

namespace loadtest::attack {

bool IsLoopback(const servercore::NetAddress& address) noexcept {
    constexpr std::uint8_t kLoopbackNet = 127;
    if (address.Family() == servercore::AddressFamily::IPv4) {
        return address.Bytes()[0] == kLoopbackNet;
    }
    return address.Bytes() == servercore::NetAddress::Loopback(servercore::AddressFamily::IPv6, 0).Bytes();
}

std::string RefuseTarget(const std::string& target, std::span<const servercore::NetAddress> addresses, bool isOwned) {
    const auto foreign = std::ranges::find_if_not(addresses, IsLoopback);
    if (isOwned || foreign == addresses.end()) {
        return {};
    }
    return fmt::format(
        "'{}' is {}, which is not this machine: attacks disturb whoever else uses the target and the network on the way, and are a crime "
        "against a server that is not yours; attack one at 127.0.0.1, or say --i-own-the-target when it is yours to break",
        target, foreign->HostString());
}

}  // namespace loadtest::attack
