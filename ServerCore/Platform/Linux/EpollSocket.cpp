#include "ServerCore/Platform/Linux/EpollSocket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <utility>

#include "ServerCore/Platform/Linux/EpollBackend.h"
#include "ServerCore/Platform/Linux/LinuxAddress.h"
#include "ServerCore/Platform/Linux/LinuxError.h"

namespace servercore::platform {

namespace {

struct NativeOption {
    int level;
    int name;
};

NativeOption ToNative(SocketOption option) noexcept {
    switch (option) {
        case SocketOption::NoDelay: return {IPPROTO_TCP, TCP_NODELAY};
        case SocketOption::KeepAlive: return {SOL_SOCKET, SO_KEEPALIVE};
        case SocketOption::SendBufferBytes: return {SOL_SOCKET, SO_SNDBUF};
        case SocketOption::ReceiveBufferBytes: return {SOL_SOCKET, SO_RCVBUF};
    }
    return {};
}

using AddressQuery = int (*)(int, sockaddr*, socklen_t*);

Result<NetAddress> QueryAddress(int fd, AddressQuery query) {
    SocketAddress address;
    if (query(fd, address.Get(), &address.length) != 0) {
        return LastLinuxError();
    }
    return FromSocketAddress(*address.Get());
}

}  // namespace

EpollSocket::EpollSocket(FileDescriptor fd, State state) noexcept : fd_(std::move(fd)), initialState_(state) {}

EpollSocket::~EpollSocket() {
    if (backend_ != nullptr) {
        backend_->Detach(*slot_);
    }
}

std::error_code EpollSocket::ShutdownSend() {
    return ::shutdown(fd_.Get(), SHUT_WR) == 0 ? std::error_code{} : LastLinuxError();
}

void EpollSocket::AbortOnClose() {
    const linger option{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd_.Get(), SOL_SOCKET, SO_LINGER, &option, sizeof option);
}

std::error_code EpollSocket::SetOption(SocketOption option, int value) {
    const NativeOption native = ToNative(option);
    return ::setsockopt(fd_.Get(), native.level, native.name, &value, sizeof value) == 0 ? std::error_code{} : LastLinuxError();
}

Result<int> EpollSocket::GetOption(SocketOption option) const {
    const NativeOption native = ToNative(option);
    int value = 0;
    socklen_t size = sizeof value;
    if (::getsockopt(fd_.Get(), native.level, native.name, &value, &size) != 0) {
        return LastLinuxError();
    }
    return value;
}

Result<NetAddress> EpollSocket::LocalAddress() const {
    return QueryAddress(fd_.Get(), ::getsockname);
}

Result<NetAddress> EpollSocket::PeerAddress() const {
    return QueryAddress(fd_.Get(), ::getpeername);
}

void EpollSocket::BindTo(EpollBackend& backend, EpollSlot& slot) noexcept {
    backend_ = &backend;
    slot_ = &slot;
}

}  // namespace servercore::platform
