#include "Tools/IoModelLab/Net/Socket.h"

#include <fmt/format.h>

#include "Tools/IoModelLab/Net/Errors.h"

namespace iolab {

namespace {

// Winsock's ioctlsocket takes a signed number, and its FIONBIO is too large for one.
#ifdef _WIN32
constexpr long kNonBlocking = static_cast<long>(FIONBIO);
#else
constexpr unsigned long kNonBlocking = FIONBIO;
#endif

void SetOption(const Socket& socket, int level, int name, int value) noexcept {
    ::setsockopt(socket.Get(), level, name, reinterpret_cast<const char*>(&value), sizeof value);
}

Socket OpenTcp(int family) {
    Socket socket(::socket(family, SOCK_STREAM, IPPROTO_TCP));
    if (!socket.IsOpen()) {
        throw SystemFailure("socket", WSAGetLastError());
    }
    return socket;
}

}  // namespace

Socket::~Socket() {
    if (IsOpen()) {
        closesocket(handle_);
    }
}

void Socket::SetNonBlocking() {
    unsigned long on = 1;
    if (ioctlsocket(handle_, kNonBlocking, &on) == SOCKET_ERROR) {
        throw SystemFailure("ioctlsocket(FIONBIO)", WSAGetLastError());
    }
}

void Socket::Interrupt() const noexcept {
    ::shutdown(handle_, SD_BOTH);
#ifdef _WIN32
    ::CancelIoEx(reinterpret_cast<HANDLE>(handle_), nullptr);
#endif
}

Address Socket::LocalAddress() const {
    Address address;
    if (::getsockname(handle_, address.Writable(), address.WritableBytes()) == SOCKET_ERROR) {
        throw SystemFailure("getsockname", WSAGetLastError());
    }
    return address;
}

Socket OpenListener(const Address& address) {
    Socket socket = OpenTcp(address.Family());
#ifdef _WIN32
    // There SO_REUSEADDR would let another program take the port over.
    SetOption(socket, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1);
#else
    // Connections of a former run may still be in TIME_WAIT.
    SetOption(socket, SOL_SOCKET, SO_REUSEADDR, 1);
#endif
    if (::bind(socket.Get(), address.Get(), address.Bytes()) == SOCKET_ERROR) {
        throw SystemFailure(
            fmt::format("{}: cannot listen at {}; choose another --listen", ErrorText("bind", WSAGetLastError()), address.ToString()));
    }
    if (::listen(socket.Get(), SOMAXCONN) == SOCKET_ERROR) {
        throw SystemFailure("listen", WSAGetLastError());
    }
    return socket;
}

Socket ConnectTo(const Address& address) {
    Socket socket = OpenTcp(address.Family());
    if (::connect(socket.Get(), address.Get(), address.Bytes()) == SOCKET_ERROR) {
        throw SystemFailure(fmt::format("{}: nobody listens at {}; start IoModelLab serve, or check --connect",
                                        ErrorText("connect", WSAGetLastError()), address.ToString()));
    }
    SendWithoutDelay(socket);
    return socket;
}

void SendWithoutDelay(const Socket& socket) noexcept {
    if (socket.IsOpen()) {
        SetOption(socket, IPPROTO_TCP, TCP_NODELAY, 1);
    }
}

}  // namespace iolab
