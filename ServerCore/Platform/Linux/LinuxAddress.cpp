#include "ServerCore/Platform/Linux/LinuxAddress.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstring>

#include "ServerCore/Platform/AddressText.h"

namespace servercore::platform {

sockaddr* SocketAddress::Get() noexcept {
    return reinterpret_cast<sockaddr*>(&storage);
}

const sockaddr* SocketAddress::Get() const noexcept {
    return reinterpret_cast<const sockaddr*>(&storage);
}

SocketAddress ToSocketAddress(const NetAddress& address) noexcept {
    SocketAddress result;
    if (address.Family() == AddressFamily::IPv4) {
        sockaddr_in v4{};
        v4.sin_family = AF_INET;
        v4.sin_port = htons(address.Port());
        std::memcpy(&v4.sin_addr, address.Bytes().data(), sizeof v4.sin_addr);
        std::memcpy(&result.storage, &v4, sizeof v4);
        result.length = sizeof v4;
    } else {
        sockaddr_in6 v6{};
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(address.Port());
        v6.sin6_scope_id = address.ScopeId();
        std::memcpy(&v6.sin6_addr, address.Bytes().data(), sizeof v6.sin6_addr);
        std::memcpy(&result.storage, &v6, sizeof v6);
        result.length = sizeof v6;
    }
    return result;
}

NetAddress FromSocketAddress(const sockaddr& address) noexcept {
    if (address.sa_family == AF_INET6) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, &address, sizeof v6);
        std::array<std::uint8_t, 16> bytes{};
        std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
        return NetAddress::FromIPv6(bytes, ntohs(v6.sin6_port), v6.sin6_scope_id);
    }
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    std::array<std::uint8_t, 4> bytes{};
    std::memcpy(bytes.data(), &v4.sin_addr, bytes.size());
    return NetAddress::FromIPv4(bytes, ntohs(v4.sin_port));
}

bool ParseIPv4(const char* text, std::array<std::uint8_t, 4>& bytes) noexcept {
    return ::inet_pton(AF_INET, text, bytes.data()) == 1;
}

bool ParseIPv6(const char* text, std::array<std::uint8_t, 16>& bytes) noexcept {
    return ::inet_pton(AF_INET6, text, bytes.data()) == 1;
}

std::string FormatIPv6(const std::array<std::uint8_t, 16>& bytes) {
    char text[INET6_ADDRSTRLEN] = "";
    return ::inet_ntop(AF_INET6, bytes.data(), text, sizeof text) != nullptr ? text : "?";
}

}  // namespace servercore::platform
