#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <system_error>

#include "ServerCore/Base/Bytes.h"
#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Base/Result.h"
#include "ServerCore/Base/ThreadAnnotations.h"
#include "ServerCore/Platform/NetAddress.h"
#include "ServerCore/Platform/Socket.h"
#include "ServerCore/Platform/Windows/WinSdk.h"

namespace servercore::platform {

// A SOCKET and the right to close it.
// An accept, connect or receive must name its socket once more when it completes; by then the WinSocket may be gone and the number may
// already belong to a new socket. So these operations share the handle and learn under its lock whether it is still open.
// Owner: WinSocket and the accepts, connects and receives in flight on it.
class SocketHandle {
public:
    SocketHandle() = default;
    ~SocketHandle() { Close(); }
    SocketHandle(const SocketHandle&) = delete;
    SocketHandle& operator=(const SocketHandle&) = delete;

    // A TCP socket for overlapped I/O. Once, before any other use.
    [[nodiscard]] std::error_code Open(AddressFamily family) SC_EXCLUDES(mutex_);

    // Cancels what is in flight and closes. A second time does nothing.
    void Close() noexcept SC_EXCLUDES(mutex_);

    // For calls made while the owner promises not to close (see Socket).
    [[nodiscard]] SOCKET Get() const noexcept { return socket_; }

    // From now on Read does not block. Overlapped calls are not affected.
    [[nodiscard]] std::error_code SetNonBlocking();

    // Cancels what is in flight, also a receive that is just between two of its calls.
    void Cancel() noexcept SC_EXCLUDES(mutex_);

    // The calls of Cancel so far; a receive remembers it from its submit on.
    [[nodiscard]] std::uint32_t Cancels() const noexcept { return cancels_.load(); }

    // Waits, without a buffer, until there is something to read (data, the end of the stream or an error): the operation then completes.
    // Safe beside Close; fails with operation_canceled after it, and when Cancel was called since `cancelsAtSubmit`. An error means that no
    // completion follows.
    [[nodiscard]] std::error_code SubmitAwaitData(OVERLAPPED& receive, std::uint32_t cancelsAtSubmit) SC_EXCLUDES(mutex_);

    // The bytes read; 0 is the end of the stream. Safe beside Close; after it fails with operation_canceled. Fails with
    // operation_would_block when there is nothing to read.
    [[nodiscard]] Result<std::size_t> Read(MutableBytes into) SC_EXCLUDES(mutex_);

    // Makes `accepted` a full socket with the properties of this listener. Safe beside Close; after it fails with operation_canceled.
    [[nodiscard]] std::error_code UpdateAcceptContext(SOCKET accepted) SC_EXCLUDES(mutex_);

    // Makes this a full socket after ConnectEx. Safe beside Close; after it fails with operation_canceled. A connection to itself counts
    // as refused.
    [[nodiscard]] std::error_code UpdateConnectContext() SC_EXCLUDES(mutex_);

private:
    SOCKET socket_ = INVALID_SOCKET;  // fixed by Open

    // Receives need a place for flags in and out, and TCP uses neither: it stays 0. It cannot be a local of the submit, because a provider
    // may write to it as late as the completion; nor part of the operation, because Winsock may write to it just before WSARecv returns,
    // when another thread can have finished with the operation already.
    DWORD receiveFlags_ = 0;

    std::atomic<std::uint32_t> cancels_ = 0;  // written under mutex_

    Mutex mutex_;
    bool open_ SC_GUARDED_BY(mutex_) = false;
};

// A listener or stream on Winsock.
class WinSocket final : public Socket {
public:
    WinSocket(std::shared_ptr<SocketHandle> handle, AddressFamily family) noexcept;
    ~WinSocket() override;

    // Unbound.
    [[nodiscard]] static Result<std::unique_ptr<WinSocket>> Open(AddressFamily family);

    [[nodiscard]] std::error_code ShutdownSend() override;
    void AbortOnClose() override;
    [[nodiscard]] std::error_code SetOption(SocketOption option, int value) override;
    [[nodiscard]] Result<int> GetOption(SocketOption option) const override;
    [[nodiscard]] Result<NetAddress> LocalAddress() const override;
    [[nodiscard]] Result<NetAddress> PeerAddress() const override;

    [[nodiscard]] SOCKET Native() const noexcept { return handle_->Get(); }
    [[nodiscard]] const std::shared_ptr<SocketHandle>& Handle() const noexcept { return handle_; }
    [[nodiscard]] AddressFamily Family() const noexcept { return family_; }

    [[nodiscard]] bool Attached() const noexcept { return attached_; }
    void SetAttached() noexcept { attached_ = true; }

    // The peer that the accept reported: PeerAddress then works even when the connection is gone.
    void SetPeer(const NetAddress& peer) noexcept { peer_ = peer; }

private:
    const std::shared_ptr<SocketHandle> handle_;
    const AddressFamily family_;
    bool attached_ = false;
    std::optional<NetAddress> peer_;
};

}  // namespace servercore::platform
