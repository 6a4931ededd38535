#pragma once

#include <utility>

#include "Tools/IoModelLab/Net/Address.h"
#include "Tools/IoModelLab/Net/Winsock.h"

namespace iolab {

// Owns a socket and closes it.
// Threads: as the system's socket; only Interrupt is meant to be called beside a call that waits.
class Socket {
public:
    Socket() = default;
    explicit Socket(SOCKET handle) noexcept : handle_(handle) {}
    Socket(Socket&& other) noexcept : handle_(std::exchange(other.handle_, INVALID_SOCKET)) {}
    Socket& operator=(Socket&& other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~Socket();

    [[nodiscard]] SOCKET Get() const noexcept { return handle_; }
    [[nodiscard]] bool IsOpen() const noexcept { return handle_ != INVALID_SOCKET; }

    // ioctlsocket(FIONBIO): from now on calls that would wait fail with WSAEWOULDBLOCK. Throws SystemFailure.
    void SetNonBlocking();

    // Makes a call of another thread that waits on this socket return, so that the server can stop: by shutdown on Linux; Windows also
    // needs CancelIoEx, for a shutdown does not end what waits already. The call may begin just afterwards: repeat it until the thread has
    // gone.
    void Interrupt() const noexcept;

    // The local address. Throws SystemFailure.
    [[nodiscard]] Address LocalAddress() const;

private:
    SOCKET handle_ = INVALID_SOCKET;
};

// socket, bind, listen. Throws SystemFailure.
[[nodiscard]] Socket OpenListener(const Address& address);

// socket, connect: blocks until connected. Throws SystemFailure.
[[nodiscard]] Socket ConnectTo(const Address& address);

// TCP_NODELAY: answers leave at once instead of waiting for the acknowledgement of what left before.
void SendWithoutDelay(const Socket& socket) noexcept;

}  // namespace iolab
