#pragma once

#include "ServerCore/Base/Result.h"
#include "ServerCore/Platform/NetAddress.h"
#include "ServerCore/Platform/Windows/WinSdk.h"

namespace servercore::platform {

// An address in the form that Winsock takes.
struct NativeAddress {
    SOCKADDR_STORAGE storage{};
    int length = 0;

    [[nodiscard]] const sockaddr* Get() const noexcept { return reinterpret_cast<const sockaddr*>(&storage); }
};

[[nodiscard]] int NativeFamily(AddressFamily family) noexcept;

[[nodiscard]] NativeAddress ToNative(const NetAddress& address) noexcept;

// Fails with std::errc::address_family_not_supported when it is neither IPv4 nor IPv6, or cut short.
[[nodiscard]] Result<NetAddress> FromNative(const sockaddr* address, int length);

}  // namespace servercore::platform
