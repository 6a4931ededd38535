#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <system_error>

#include "ServerCore/Base/Result.h"
#include "ServerCore/Buffer/ReceiveBlockPool.h"
#include "ServerCore/Platform/IoBackend.h"
#include "ServerCore/Platform/Windows/CompletionPort.h"
#include "ServerCore/Platform/Windows/WinSdk.h"

namespace servercore::platform {

class ReceiveTurn;
class SocketHandle;

// Winsock functions that no library exports; the system hands them out at run time.
struct SocketExtensions {
    LPFN_ACCEPTEX acceptEx = nullptr;
    LPFN_GETACCEPTEXSOCKADDRS getAcceptExSockaddrs = nullptr;
    LPFN_CONNECTEX connectEx = nullptr;
};

// IoBackend on an I/O completion port. What an operation in flight needs lives in its NativeOp and begins with the OVERLAPPED.
//
// A receive in flight holds no buffer: it waits as a zero-byte WSARecv, and the thread that gets its completion reads into a block of its
// own without blocking (ReceiveTurn). When there turns out to be nothing, it waits again. An operation that Windows ends at once still
// completes through the port. Destruction waits for operations still in flight, because the kernel writes to their memory, and drops their
// completions.
class IocpBackend final : public IoBackend {
public:
    [[nodiscard]] static Result<std::unique_ptr<IoBackend>> Create(const SocketExtensions& extensions);

    // Takes ownership of the completion port.
    IocpBackend(HANDLE port, const SocketExtensions& extensions) noexcept;
    ~IocpBackend() override;

    [[nodiscard]] std::error_code Attach(Socket& socket) override;
    [[nodiscard]] std::error_code Accept(Socket& listener, IoOperation& operation) override;
    [[nodiscard]] std::error_code Connect(Socket& socket, const NetAddress& peer, IoOperation& operation) override;
    [[nodiscard]] std::error_code Receive(Socket& socket, IoOperation& operation) override;
    [[nodiscard]] std::error_code Send(Socket& socket, std::span<const ConstBytes> buffers, IoOperation& operation) override;
    void Cancel(Socket& socket) override;
    std::size_t Wait(CompletionHandler& handler, std::chrono::milliseconds timeout) override;
    void Wake() override;
    [[nodiscard]] BackendStats Stats() const noexcept override;

private:
    struct PendingOp;
    struct Work;

    // A batch belongs to one thread; more entries would let the other threads starve.
    static constexpr std::size_t kBatchEntries = 64;
    using Batch = std::array<OVERLAPPED_ENTRY, kBatchEntries>;

    // Unposted: the system had no memory for the packet, so the next thread that looks takes the wake up.
    enum class WakeState { None, Posted, Unposted };

    [[nodiscard]] PendingOp& Begin(IoOperation& operation, Work work) noexcept;
    // Gives back what Begin took, unless the operation is on its way.
    [[nodiscard]] std::error_code Started(bool succeeded, PendingOp& pending) noexcept;
    [[nodiscard]] Work Retire(PendingOp& pending) noexcept;

    [[nodiscard]] std::span<const OVERLAPPED_ENTRY> Dequeue(Batch& batch, std::chrono::milliseconds timeout);
    [[nodiscard]] bool TakeUnpostedWake() noexcept;
    // False: not finished, it waits on.
    [[nodiscard]] bool Deliver(OVERLAPPED& overlapped, DWORD bytes, ReceiveTurn& turn, CompletionHandler& handler);
    [[nodiscard]] std::error_code FinishAccept(Work& work, IoResult& result) const;
    [[nodiscard]] bool FinishReceive(IoOperation& operation, const Work& work, ReceiveTurn& turn, IoResult& result);
    [[nodiscard]] std::error_code AwaitData(PendingOp& pending, SocketHandle& socket, std::uint32_t cancels) noexcept;

    CompletionPort port_;
    const SocketExtensions extensions_;
    ReceiveBlockPool blocks_;
    std::atomic<std::size_t> inFlight_ = 0;
    std::atomic<WakeState> wake_ = WakeState::None;
};

}  // namespace servercore::platform
