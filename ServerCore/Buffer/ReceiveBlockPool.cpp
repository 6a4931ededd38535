#include "ServerCore/Buffer/ReceiveBlockPool.h"

#include <utility>

namespace servercore {

namespace {

// Enough for the workers and a burst of receives; what exceeds it goes back to the allocator.
constexpr std::size_t kMaxFreeBlocks = 256;

}  // namespace

ReceiveBlockPool::ReceiveBlockPool() {
    free_.reserve(kMaxFreeBlocks);  // Return never allocates
}

std::unique_ptr<ReceiveBlock> ReceiveBlockPool::Take() {
    std::unique_ptr<ReceiveBlock> block;
    {
        MutexLock lock(mutex_);
        if (!free_.empty()) {
            block = std::move(free_.back());
            free_.pop_back();
        }
    }
    if (block == nullptr) {
        block = std::make_unique_for_overwrite<ReceiveBlock>();
    }
    outstanding_.fetch_add(1, std::memory_order_relaxed);
    return block;
}

void ReceiveBlockPool::Return(std::unique_ptr<ReceiveBlock> block) noexcept {
    outstanding_.fetch_sub(1, std::memory_order_relaxed);
    MutexLock lock(mutex_);
    if (free_.size() < kMaxFreeBlocks) {
        free_.push_back(std::move(block));
    }
}

}  // namespace servercore
