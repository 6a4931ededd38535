#include "ServerCore/Platform/Linux/EpollSlot.h"

#include <new>

#include "ServerCore/Base/Assert.h"

namespace servercore::platform {

static_assert(sizeof(EpollOp) <= sizeof(NativeOp::storage));
static_assert(alignof(EpollOp) <= alignof(NativeOp));

EpollOp& EpollOp::Begin(IoOperation& operation) noexcept {
    return *::new (static_cast<void*>(operation.storage)) EpollOp;
}

EpollOp& EpollOp::Of(IoOperation& operation) noexcept {
    return *std::launder(reinterpret_cast<EpollOp*>(operation.storage));
}

void EpollOpList::Push(IoOperation& operation) noexcept {
    EpollOp::Of(operation).next = nullptr;
    if (tail_ == nullptr) {
        head_ = &operation;
    } else {
        EpollOp::Of(*tail_).next = &operation;
    }
    tail_ = &operation;
}

IoOperation* EpollOpList::Pop() noexcept {
    IoOperation* first = head_;
    if (first != nullptr) {
        head_ = EpollOp::Of(*first).next;
        if (head_ == nullptr) {
            tail_ = nullptr;
        }
    }
    return first;
}

EpollSlotTable::~EpollSlotTable() {
    for (std::atomic<Chunk*>& chunk : chunks_) {
        delete chunk.load(std::memory_order_relaxed);
    }
}

EpollSlot* EpollSlotTable::Take() {
    MutexLock lock(mutex_);
    if (free_.empty()) {
        if (chunkCount_ == kMaxChunks) {
            return nullptr;
        }
        free_.reserve((chunkCount_ + 1) * kChunkSlots);  // Return never allocates
        auto chunk = std::make_unique<Chunk>();
        for (std::size_t i = kChunkSlots; i-- > 0;) {
            EpollSlot& slot = (*chunk)[i];
            slot.index = static_cast<std::uint32_t>(chunkCount_ * kChunkSlots + i);
            free_.push_back(&slot);
        }
        // Release: pairs with the acquire in At, which runs on threads that never took mutex_.
        chunks_[chunkCount_].store(chunk.release(), std::memory_order_release);
        ++chunkCount_;
    }
    EpollSlot* slot = free_.back();
    free_.pop_back();
    count_.fetch_add(1, std::memory_order_relaxed);
    return slot;
}

void EpollSlotTable::Return(EpollSlot& slot) {
    MutexLock lock(mutex_);
    free_.push_back(&slot);
    count_.fetch_sub(1, std::memory_order_relaxed);
}

EpollSlot& EpollSlotTable::At(std::uint32_t index) noexcept {
    Chunk* chunk = chunks_[index / kChunkSlots].load(std::memory_order_acquire);
    SC_ASSERT(chunk != nullptr);
    return (*chunk)[index % kChunkSlots];
}

}  // namespace servercore::platform
