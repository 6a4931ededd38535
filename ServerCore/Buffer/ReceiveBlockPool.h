#pragma once

#include <array>
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

// Recycles receive blocks. Blocks belong to whoever receives (a waiting thread, or a receive in flight), never to a session.
// Owner: a backend.  Threads: safe from any.  Construction and Take may throw std::bad_alloc.
class ReceiveBlockPool {
public:
    ReceiveBlockPool();
    ReceiveBlockPool(const ReceiveBlockPool&) = delete;
    ReceiveBlockPool& operator=(const ReceiveBlockPool&) = delete;

    [[nodiscard]] std::unique_ptr<ReceiveBlock> Take() SC_EXCLUDES(mutex_);
    void Return(std::unique_ptr<ReceiveBlock> block) noexcept SC_EXCLUDES(mutex_);

private:
    Mutex mutex_;
    std::vector<std::unique_ptr<ReceiveBlock>> free_ SC_GUARDED_BY(mutex_);
};

}  // namespace servercore
