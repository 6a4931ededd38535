#pragma once

// The system's sockets under one set of names. The models were born on Windows, so the ones that run on both systems are written in
// Winsock's words, and Linux gets a thin translation of those; a model that exists on one system only uses that system's own words.

#ifdef _WIN32

#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#ifndef NOMINMAX
#define NOMINMAX
#endif
#include <winsock2.h>

#include <ws2tcpip.h>

#include <windows.h>

#else

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

#endif

namespace iolab {

#ifndef _WIN32

using SOCKET = int;
inline constexpr SOCKET INVALID_SOCKET = -1;
inline constexpr int SOCKET_ERROR = -1;
inline constexpr int WSAEWOULDBLOCK = EWOULDBLOCK;
inline constexpr int SD_SEND = SHUT_WR;
inline constexpr int SD_BOTH = SHUT_RDWR;

[[nodiscard]] inline int WSAGetLastError() noexcept {
    return errno;
}

inline int closesocket(SOCKET socket) noexcept {
    return ::close(socket);
}

inline int ioctlsocket(SOCKET socket, unsigned long command, unsigned long* argument) noexcept {
    int value = *argument != 0 ? 1 : 0;
    return ::ioctl(socket, command, &value);
}

// Winsock's calls are not interrupted by signals, and do not raise SIGPIPE.
inline int recv(SOCKET socket, char* buffer, int bytes, int flags) noexcept {
    ssize_t received = ::recv(socket, buffer, static_cast<std::size_t>(bytes), flags);
    while (received < 0 && errno == EINTR) {
        received = ::recv(socket, buffer, static_cast<std::size_t>(bytes), flags);
    }
    return static_cast<int>(received);
}

inline int send(SOCKET socket, const char* buffer, int bytes, int flags) noexcept {
    ssize_t sent = ::send(socket, buffer, static_cast<std::size_t>(bytes), flags | MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR) {
        sent = ::send(socket, buffer, static_cast<std::size_t>(bytes), flags | MSG_NOSIGNAL);
    }
    return static_cast<int>(sent);
}

#endif

// Winsock, from WSAStartup to WSACleanup; on Linux there is nothing to start.
// Owner: main(), which makes one before the first socket and lets it outlive the last.
class Winsock {
public:
    // Throws SystemFailure.
    Winsock();
    ~Winsock();
    Winsock(const Winsock&) = delete;
    Winsock& operator=(const Winsock&) = delete;
};

}  // namespace iolab
