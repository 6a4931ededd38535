#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

#include "ServerCore/Base/Bytes.h"
#include "ServerCore/Base/Mutex.h"

namespace servercore {

// Bytes that one receive may fill at most.
inline constexpr std::size_t kReceiveBlockBytes = std::size_t{16} * 1024;

struct ReceiveBlock {
    std::array<std::byte, kReceiveBlockBytes> bytes;
};

// Recycles receive blocks. Blocks belong to the threads that receive, never to a session and never to a receive in flight.
// Owner: a backend.  Threads: safe from any.  Construction and Take may throw std::bad_alloc.
class ReceiveBlockPool {
public:
    ReceiveBlockPool();
    ReceiveBlockPool(const ReceiveBlockPool&) = delete;
    ReceiveBlockPool& operator=(const ReceiveBlockPool&) = delete;

    [[nodiscard]] std::unique_ptr<ReceiveBlock> Take() SC_EXCLUDES(mutex_);
    void Return(std::unique_ptr<ReceiveBlock> block) noexcept SC_EXCLUDES(mutex_);

    // Blocks taken and not returned.
    [[nodiscard]] std::size_t Outstanding() const noexcept { return outstanding_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::size_t> outstanding_ = 0;

    Mutex mutex_;
    std::vector<std::unique_ptr<ReceiveBlock>> free_ SC_GUARDED_BY(mutex_);
};

}  // namespace servercore
