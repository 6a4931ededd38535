#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <system_error>
#include <vector>

#include "ServerCore/Base/Bytes.h"
#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Base/SmallMutex.h"
#include "ServerCore/Platform/IoOperation.h"

namespace servercore::platform {

// What the epoll backend keeps inside an operation in flight.
struct EpollOp {
    IoOperation* next = nullptr;
    const std::byte* unsent = nullptr;  // a send that waits for room keeps its first buffer; the caller submits the rest (G4)
    std::size_t bytes = 0;              // of that buffer; once it has completed, the bytes taken
    int error = 0;                      // an errno

    static EpollOp& Begin(IoOperation& operation) noexcept;
    [[nodiscard]] static EpollOp& Of(IoOperation& operation) noexcept;
};

// First-in first-out list of operations, linked through EpollOp::next.
class EpollOpList {
public:
    [[nodiscard]] bool IsEmpty() const noexcept { return head_ == nullptr; }
    void Push(IoOperation& operation) noexcept;
    // nullptr when empty.
    [[nodiscard]] IoOperation* Pop() noexcept;

private:
    IoOperation* head_ = nullptr;
    IoOperation* tail_ = nullptr;
};

// The backend's side of one attached socket: the operations that wait for readiness, and the readiness known so far. Registered
// edge-triggered once, so an operation costs no epoll_ctl; therefore an edge that finds no operation is remembered here.
struct EpollSlot {
    SmallMutex mutex;

    bool isQueued = false;  // guarded by the lock of EpollQueue, as nextReady

    bool readable SC_GUARDED_BY(mutex) = false;
    bool writable SC_GUARDED_BY(mutex) = false;
    bool hangup SC_GUARDED_BY(mutex) = false;  // FIN, reset or error was announced: no further edge will follow

    int sendError SC_GUARDED_BY(mutex) = 0;  // an errno that a send used up, owed to the receives
    int fd SC_GUARDED_BY(mutex) = -1;
    std::uint32_t index = 0;
    std::uint32_t generation SC_GUARDED_BY(mutex) = 0;  // changes when the slot gets another socket

    IoOperation* receive SC_GUARDED_BY(mutex) = nullptr;
    IoOperation* send SC_GUARDED_BY(mutex) = nullptr;
    IoOperation* connect SC_GUARDED_BY(mutex) = nullptr;
    EpollOpList accepts SC_GUARDED_BY(mutex);

    EpollSlot* nextReady = nullptr;
};

// Slots at stable addresses: an event that was harvested before its socket closed still finds memory, and sees by the generation
// that it is stale.
// Owner: EpollBackend.  Threads: safe from any.
class EpollSlotTable {
public:
    EpollSlotTable() = default;
    EpollSlotTable(const EpollSlotTable&) = delete;
    EpollSlotTable& operator=(const EpollSlotTable&) = delete;
    ~EpollSlotTable();

    // nullptr when all kMaxSlots are taken. May throw std::bad_alloc.
    [[nodiscard]] EpollSlot* Take() SC_EXCLUDES(mutex_);
    void Return(EpollSlot& slot) SC_EXCLUDES(mutex_);

    // Precondition: the index comes from a slot taken before.
    [[nodiscard]] EpollSlot& At(std::uint32_t index) noexcept;

    // Slots in use.
    [[nodiscard]] std::size_t Count() const noexcept { return count_.load(std::memory_order_relaxed); }

private:
    static constexpr std::size_t kChunkSlots = 256;
    static constexpr std::size_t kMaxChunks = 4096;
    static constexpr std::size_t kMaxSlots = kChunkSlots * kMaxChunks;
    using Chunk = std::array<EpollSlot, kChunkSlots>;

    Mutex mutex_;
    std::vector<EpollSlot*> free_ SC_GUARDED_BY(mutex_);
    std::size_t chunkCount_ SC_GUARDED_BY(mutex_) = 0;
    std::array<std::atomic<Chunk*>, kMaxChunks> chunks_{};
    std::atomic<std::size_t> count_ = 0;
};

}  // namespace servercore::platform
