#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Buffer/ReceiveBlockPool.h"
#include "ServerCore/Platform/IoBackend.h"
#include "ServerCore/Platform/Linux/EpollQueue.h"
#include "ServerCore/Platform/Linux/EpollSlot.h"
#include "ServerCore/Platform/Linux/FileDescriptor.h"
#include "ServerCore/Platform/Linux/ReserveDescriptor.h"

namespace servercore::platform {

// epoll presented as a completion port.
//
// Each socket is registered once, edge-triggered; the system call of an operation runs either when it is submitted (send) or on a waiting
// thread when the socket is ready (receive, accept, connect). All calls on one socket are made under its slot's lock, which
// also makes closing safe against events of other threads that are still under way.
class EpollBackend final : public IoBackend {
public:
    [[nodiscard]] static Result<std::unique_ptr<IoBackend>> Create();
    ~EpollBackend() override;

    [[nodiscard]] std::error_code Attach(Socket& socket) override;
    [[nodiscard]] std::error_code Accept(Socket& listener, IoOperation& operation) override;
    [[nodiscard]] std::error_code Connect(Socket& socket, const NetAddress& peer, IoOperation& operation) override;
    [[nodiscard]] std::error_code Receive(Socket& socket, IoOperation& operation) override;
    [[nodiscard]] std::error_code Send(Socket& socket, std::span<const ConstBytes> buffers, IoOperation& operation) override;
    void Cancel(Socket& socket) override;
    std::size_t Wait(CompletionHandler& handler, std::chrono::milliseconds timeout) override;
    void Wake() override;
    [[nodiscard]] BackendStats Stats() const noexcept override { return {.receiveBlocks = blocks_.Outstanding()}; }

    // For EpollSocket's destructor: cancels what is in flight and gives the slot back. The descriptor is closed after it.
    void Detach(EpollSlot& slot);

private:
    class WaitScope;

    EpollBackend(FileDescriptor epoll, FileDescriptor wakeEvent) noexcept;

    [[nodiscard]] std::error_code Register(EpollSlot& slot) SC_REQUIRES(slot.mutex);
    void CancelAll(EpollSlot& slot) SC_REQUIRES(slot.mutex);
    void CompleteLater(IoOperation& operation, int error, std::size_t bytes);
    void Requeue(EpollSlot& slot);
    void WakeUnlessWaitingHere();

    std::size_t PollEvents(CompletionHandler& handler, ReceiveBlock& block, std::chrono::milliseconds timeout);
    std::size_t DrainQueues(CompletionHandler& handler, ReceiveBlock& block);
    std::size_t RunSlot(EpollSlot& slot, CompletionHandler& handler, ReceiveBlock& block);
    std::size_t RunAccepts(EpollSlot& slot, CompletionHandler& handler);
    void NoteEvents(EpollSlot& slot, std::uint32_t generation, std::uint32_t events) SC_EXCLUDES(slot.mutex);

    const FileDescriptor epoll_;
    const FileDescriptor wakeEvent_;
    EpollSlotTable slots_;
    EpollQueue queue_;
    ReceiveBlockPool blocks_;
    ReserveDescriptor reserve_;  // opened by the first accept

    std::atomic<bool> wakePending_ = false;
    std::atomic<int> blockedWaiters_ = 0;
};

}  // namespace servercore::platform
