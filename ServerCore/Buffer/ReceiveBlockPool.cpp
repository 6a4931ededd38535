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
    {
        MutexLock lock(mutex_);
        if (!free_.empty()) {
            std::unique_ptr<ReceiveBlock> block = std::move(free_.back());
            free_.pop_back();
            return block;
        }
    }
    return std::make_unique_for_overwrite<ReceiveBlock>();
}

void ReceiveBlockPool::Return(std::unique_ptr<ReceiveBlock> block) noexcept {
    MutexLock lock(mutex_);
    if (free_.size() < kMaxFreeBlocks) {
        free_.push_back(std::move(block));
    }
}

}  // namespace servercore
