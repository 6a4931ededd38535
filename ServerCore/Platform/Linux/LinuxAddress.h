#pragma once

#include <sys/socket.h>

#include "ServerCore/Platform/NetAddress.h"

namespace servercore::platform {

// NetAddress to and from the socket API's own form.
struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t length = sizeof(sockaddr_storage);

    [[nodiscard]] sockaddr* Get() noexcept;
    [[nodiscard]] const sockaddr* Get() const noexcept;
};

[[nodiscard]] SocketAddress ToSocketAddress(const NetAddress& address) noexcept;

// Precondition: AF_INET or AF_INET6.
[[nodiscard]] NetAddress FromSocketAddress(const sockaddr& address) noexcept;

}  // namespace servercore::platform
