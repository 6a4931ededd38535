#pragma once

#include <memory>
#include <system_error>

#include "ServerCore/Base/Result.h"
#include "ServerCore/Platform/NetAddress.h"

namespace servercore::platform {

enum class SocketOption {
    NoDelay,             // 0 or 1: TCP_NODELAY
    KeepAlive,           // 0 or 1: SO_KEEPALIVE
    SendBufferBytes,     // SO_SNDBUF; left alone by the engine (setting it turns dynamic send buffering off on Windows)
    ReceiveBufferBytes,  // SO_RCVBUF
};

// One TCP socket: a listener or a stream. Made by a Network or by a completed accept.
//
// Destroying it closes the connection: gracefully for the kernel (unsent bytes still leave) or, after AbortOnClose, with a reset.
// Operations in flight are cancelled by that and still complete once each (G1).
// Threads: the owner must not destroy it while another thread is inside a call on it (closing recycles the handle at once;
// https://learn.microsoft.com/windows/win32/api/winsock2/nf-winsock2-closesocket); ShutdownSend and the queries are otherwise
// safe beside operations in flight.
class Socket {
public:
    Socket() = default;
    virtual ~Socket() = default;
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    // Sends FIN after what the operating system has already taken; receiving goes on.
    [[nodiscard]] virtual std::error_code ShutdownSend() = 0;

    // From now on closing discards unsent bytes and sends RST (SO_LINGER with a timeout of 0).
    virtual void AbortOnClose() = 0;

    [[nodiscard]] virtual std::error_code SetOption(SocketOption option, int value) = 0;
    [[nodiscard]] virtual Result<int> GetOption(SocketOption option) const = 0;

    [[nodiscard]] virtual Result<NetAddress> LocalAddress() const = 0;
    // Streams only, once connected or accepted.
    [[nodiscard]] virtual Result<NetAddress> PeerAddress() const = 0;
};

}  // namespace servercore::platform
