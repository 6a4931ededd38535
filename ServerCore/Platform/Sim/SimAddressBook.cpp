#include "ServerCore/Platform/Sim/SimAddressBook.h"

#include <algorithm>
#include <limits>

#include "ServerCore/Platform/Sim/SimListener.h"

namespace servercore::platform {

namespace {

constexpr std::uint16_t kFirstEphemeralPort = 49152;  // RFC 6335
constexpr std::uint16_t kLastEphemeralPort = std::numeric_limits<std::uint16_t>::max();

bool IsAny(const NetAddress& address) noexcept {
    return address == NetAddress::Any(address.Family(), address.Port());
}

bool IsOfThisHost(const NetAddress& address) noexcept {
    constexpr std::uint8_t kLoopbackNet = 127;
    return address.Family() == AddressFamily::IPv4 ? address.Bytes()[0] == kLoopbackNet
                                                   : address == NetAddress::Loopback(AddressFamily::IPv6, address.Port());
}

// A listener at `own` takes connections to `address`.
bool Covers(const NetAddress& own, bool dualStack, const NetAddress& address) noexcept {
    if (own.Port() != address.Port()) {
        return false;
    }
    const bool coversFamily = own.Family() == address.Family() || (own.Family() == AddressFamily::IPv6 && dualStack);
    return own == address || (IsAny(own) && coversFamily);
}

}  // namespace

Result<NetAddress> SimAddressBook::AddressToListenAt(const NetAddress& wanted, bool dualStack) {
    if (!IsAny(wanted) && !IsOfThisHost(wanted)) {
        return std::make_error_code(std::errc::address_not_available);
    }
    if (wanted.Port() == 0) {
        Result<std::uint16_t> port = TakePort();
        return port ? Result<NetAddress>(wanted.WithPort(*port)) : Result<NetAddress>(port.error());
    }
    const bool isTaken = std::ranges::any_of(listeners_, [&](const SimListener* other) {
        return Covers(other->Address(), other->IsDualStack(), wanted) || Covers(wanted, dualStack, other->Address());
    });
    if (isTaken) {
        return std::make_error_code(std::errc::address_in_use);
    }
    taken_.insert(wanted.Port());
    return wanted;
}

void SimAddressBook::Add(SimListener& listener) {
    listeners_.push_back(&listener);
}

void SimAddressBook::Remove(SimListener& listener) {
    std::erase(listeners_, &listener);
    ReturnPort(listener.Address().Port());
}

SimListener* SimAddressBook::FindListener(const NetAddress& address) const noexcept {
    const auto found = std::ranges::find_if(listeners_, [&](const SimListener* listener) {
        return IsOfThisHost(address) && Covers(listener->Address(), listener->IsDualStack(), address);
    });
    return found == listeners_.end() ? nullptr : *found;
}

std::error_code SimAddressBook::TakeToConnectFrom(const NetAddress& local) {
    if (!IsAny(local) && !IsOfThisHost(local)) {
        return std::make_error_code(std::errc::address_not_available);
    }
    if (taken_.contains(local.Port())) {
        return std::make_error_code(std::errc::address_in_use);
    }
    if (local.Port() != 0) {
        taken_.insert(local.Port());
    }
    return {};
}

Result<std::uint16_t> SimAddressBook::TakePort() {
    for (int i = kFirstEphemeralPort; i <= kLastEphemeralPort; ++i) {
        lastPort_ = lastPort_ < kFirstEphemeralPort || lastPort_ == kLastEphemeralPort ? kFirstEphemeralPort
                                                                                       : static_cast<std::uint16_t>(lastPort_ + 1);
        if (!taken_.contains(lastPort_)) {
            taken_.insert(lastPort_);
            return lastPort_;
        }
    }
    return std::make_error_code(std::errc::address_not_available);
}

}  // namespace servercore::platform
