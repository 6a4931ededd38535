#include "ServerCore/Platform/Windows/WinAddress.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <string>

#include "ServerCore/Platform/AddressText.h"
#include "ServerCore/Platform/Windows/WinError.h"

namespace servercore::platform {

namespace {

// The addresses are copied in and out: a SOCKADDR_STORAGE may not be read through a pointer to another structure.
template <class Native>
NativeAddress Store(const Native& native) noexcept {
    NativeAddress result;
    std::memcpy(&result.storage, &native, sizeof(native));
    result.length = static_cast<int>(sizeof(native));
    return result;
}

}  // namespace

int NativeFamily(AddressFamily family) noexcept {
    return family == AddressFamily::IPv6 ? AF_INET6 : AF_INET;
}

NativeAddress ToNative(const NetAddress& address) noexcept {
    if (address.Family() == AddressFamily::IPv6) {
        sockaddr_in6 native{};
        native.sin6_family = AF_INET6;
        native.sin6_port = htons(address.Port());
        native.sin6_scope_id = address.ScopeId();
        std::memcpy(&native.sin6_addr, address.Bytes().data(), sizeof(native.sin6_addr));
        return Store(native);
    }
    sockaddr_in native{};
    native.sin_family = AF_INET;
    native.sin_port = htons(address.Port());
    std::memcpy(&native.sin_addr, address.Bytes().data(), sizeof(native.sin_addr));
    return Store(native);
}

Result<NetAddress> FromNative(const sockaddr* address, int length) {
    const auto available = static_cast<std::size_t>(length);
    if (address->sa_family == AF_INET6 && available >= sizeof(sockaddr_in6)) {
        sockaddr_in6 native{};
        std::memcpy(&native, address, sizeof(native));
        std::array<std::uint8_t, 16> bytes{};
        std::memcpy(bytes.data(), &native.sin6_addr, bytes.size());
        return NetAddress::FromIPv6(bytes, ntohs(native.sin6_port), native.sin6_scope_id);
    }
    if (address->sa_family == AF_INET && available >= sizeof(sockaddr_in)) {
        sockaddr_in native{};
        std::memcpy(&native, address, sizeof(native));
        std::array<std::uint8_t, 4> bytes{};
        std::memcpy(bytes.data(), &native.sin_addr, bytes.size());
        return NetAddress::FromIPv4(bytes, ntohs(native.sin_port));
    }
    return MakeWinError(WSAEAFNOSUPPORT);
}

// These need no WSAStartup: https://learn.microsoft.com/windows/win32/api/ws2tcpip/nf-ws2tcpip-inetptonw

bool ParseIPv4(const char* text, std::array<std::uint8_t, 4>& bytes) noexcept {
    return ::inet_pton(AF_INET, text, bytes.data()) == 1;
}

bool ParseIPv6(const char* text, std::array<std::uint8_t, 16>& bytes) noexcept {
    return ::inet_pton(AF_INET6, text, bytes.data()) == 1;
}

std::string FormatIPv6(const std::array<std::uint8_t, 16>& bytes) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const char* formatted = ::inet_ntop(AF_INET6, bytes.data(), text.data(), text.size());
    return formatted == nullptr ? std::string{} : std::string{formatted};
}

}  // namespace servercore::platform
