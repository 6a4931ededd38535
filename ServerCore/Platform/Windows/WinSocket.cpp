#include "ServerCore/Platform/Windows/WinSocket.h"

#include <utility>

#include "ServerCore/Base/Assert.h"
#include "ServerCore/Platform/Windows/WinAddress.h"
#include "ServerCore/Platform/Windows/WinError.h"

namespace servercore::platform {

namespace {

struct NativeOption {
    int level;
    int name;
    bool boolean;
};

NativeOption ToNative(SocketOption option) noexcept {
    switch (option) {
        case SocketOption::NoDelay: return {IPPROTO_TCP, TCP_NODELAY, true};
        case SocketOption::KeepAlive: return {SOL_SOCKET, SO_KEEPALIVE, true};
        case SocketOption::SendBufferBytes: return {SOL_SOCKET, SO_SNDBUF, false};
        case SocketOption::ReceiveBufferBytes: break;
    }
    return {SOL_SOCKET, SO_RCVBUF, false};
}

std::error_code FromCall(int returned) noexcept {
    return returned == SOCKET_ERROR ? LastSocketError() : std::error_code{};
}

using AddressQuery = int(WSAAPI*)(SOCKET, sockaddr*, int*);

Result<NetAddress> QueryAddress(SOCKET socket, AddressQuery query) {
    NativeAddress address;
    address.length = static_cast<int>(sizeof(address.storage));
    if (query(socket, reinterpret_cast<sockaddr*>(&address.storage), &address.length) == SOCKET_ERROR) {
        return LastSocketError();
    }
    return FromNative(address.Get(), address.length);
}

}  // namespace

std::error_code SocketHandle::Open(AddressFamily family) {
    MutexLock lock(mutex_);
    SC_ASSERT(!open_);
    // An inherited handle would let a child process keep our ports and connections alive.
    socket_ = ::WSASocketW(NativeFamily(family), SOCK_STREAM, IPPROTO_TCP, nullptr, 0, WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
    if (socket_ == INVALID_SOCKET) {
        return LastSocketError();
    }
    open_ = true;
    return {};
}

void SocketHandle::Close() noexcept {
    MutexLock lock(mutex_);
    if (!open_) {
        return;
    }
    open_ = false;
    // Windows cancels on close by itself; Wine 8 forgets a pending send then, and it would never complete.
    // https://learn.microsoft.com/windows/win32/fileio/cancelioex-func
    ::CancelIoEx(reinterpret_cast<HANDLE>(socket_), nullptr);
    ::closesocket(socket_);
}

// https://learn.microsoft.com/windows/win32/api/winsock2/nf-winsock2-ioctlsocket
std::error_code SocketHandle::SetNonBlocking() {
    u_long enabled = 1;
    return FromCall(::ioctlsocket(socket_, static_cast<long>(FIONBIO), &enabled));
}

// The count and the call under one lock: a receive that looks at the count and submits again, also under it, either sees the new count or
// is in flight early enough to be cancelled.
void SocketHandle::Cancel() noexcept {
    MutexLock lock(mutex_);
    if (open_) {
        ++cancels_;
        // Fails when nothing is in flight, which is as good.
        ::CancelIoEx(reinterpret_cast<HANDLE>(socket_), nullptr);
    }
}

std::error_code SocketHandle::SubmitAwaitData(OVERLAPPED& receive, std::uint32_t cancelsAtSubmit) {
    MutexLock lock(mutex_);
    if (!open_ || cancels_ != cancelsAtSubmit) {
        return MakeWinError(WSA_OPERATION_ABORTED);
    }
    WSABUF nothing{0, nullptr};
    // https://learn.microsoft.com/windows/win32/api/winsock2/nf-winsock2-wsarecv
    const std::error_code error = FromCall(::WSARecv(socket_, &nothing, 1, nullptr, &receiveFlags_, &receive, nullptr));
    return error.value() == WSA_IO_PENDING ? std::error_code{} : error;
}

// Without an OVERLAPPED the call is synchronous and, on a socket in non-blocking mode, never waits; nor does it go through the port.
Result<std::size_t> SocketHandle::Read(MutableBytes into) {
    MutexLock lock(mutex_);
    if (!open_) {
        return MakeWinError(WSA_OPERATION_ABORTED);
    }
    WSABUF buffer{static_cast<ULONG>(into.size()), reinterpret_cast<char*>(into.data())};
    DWORD bytes = 0;
    DWORD flags = 0;
    if (::WSARecv(socket_, &buffer, 1, &bytes, &flags, nullptr, nullptr) == SOCKET_ERROR) {
        return LastSocketError();
    }
    return std::size_t{bytes};
}

// https://learn.microsoft.com/windows/win32/api/mswsock/nf-mswsock-acceptex
std::error_code SocketHandle::UpdateAcceptContext(SOCKET accepted) {
    MutexLock lock(mutex_);
    if (!open_) {
        return MakeWinError(WSA_OPERATION_ABORTED);
    }
    return FromCall(::setsockopt(accepted, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, reinterpret_cast<const char*>(&socket_), sizeof(socket_)));
}

// https://learn.microsoft.com/windows/win32/api/mswsock/nc-mswsock-lpfn_connectex
std::error_code SocketHandle::UpdateConnectContext() {
    MutexLock lock(mutex_);
    if (!open_) {
        return MakeWinError(WSA_OPERATION_ABORTED);
    }
    if (::setsockopt(socket_, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, nullptr, 0) != 0) {
        return LastSocketError();
    }
    // TCP lets a socket connect to itself when the free port that it was bound to is the very one it calls and nobody listens there.
    const auto local = QueryAddress(socket_, &::getsockname);
    const auto peer = QueryAddress(socket_, &::getpeername);
    const bool toItself = local && peer && *local == *peer;
    return toItself ? MakeWinError(WSAECONNREFUSED) : std::error_code{};
}

WinSocket::WinSocket(std::shared_ptr<SocketHandle> handle, AddressFamily family) noexcept : handle_(std::move(handle)), family_(family) {}

// Not left to the handle's destructor: an accept or connect in flight may share it, and waits for this very close.
WinSocket::~WinSocket() {
    handle_->Close();
}

Result<std::unique_ptr<WinSocket>> WinSocket::Open(AddressFamily family) {
    auto handle = std::make_shared<SocketHandle>();
    if (const std::error_code error = handle->Open(family)) {
        return error;
    }
    return std::make_unique<WinSocket>(std::move(handle), family);
}

std::error_code WinSocket::ShutdownSend() {
    return FromCall(::shutdown(Native(), SD_SEND));
}

void WinSocket::AbortOnClose() {
    const linger discard{1, 0};
    // Fails only when the connection is gone already, and then there is nothing to discard.
    ::setsockopt(Native(), SOL_SOCKET, SO_LINGER, reinterpret_cast<const char*>(&discard), sizeof(discard));
}

std::error_code WinSocket::SetOption(SocketOption option, int value) {
    const NativeOption native = ToNative(option);
    return FromCall(::setsockopt(Native(), native.level, native.name, reinterpret_cast<const char*>(&value), sizeof(value)));
}

Result<int> WinSocket::GetOption(SocketOption option) const {
    const NativeOption native = ToNative(option);
    int value = 0;  // some providers fill in a single byte of a BOOL
    int length = sizeof(value);
    if (::getsockopt(Native(), native.level, native.name, reinterpret_cast<char*>(&value), &length) == SOCKET_ERROR) {
        return LastSocketError();
    }
    return native.boolean ? static_cast<int>(value != 0) : value;
}

Result<NetAddress> WinSocket::LocalAddress() const {
    return QueryAddress(Native(), &::getsockname);
}

Result<NetAddress> WinSocket::PeerAddress() const {
    if (peer_.has_value()) {
        return *peer_;
    }
    return QueryAddress(Native(), &::getpeername);
}

}  // namespace servercore::platform
