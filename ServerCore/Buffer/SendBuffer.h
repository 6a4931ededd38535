#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "ServerCore/Base/Bytes.h"

namespace servercore {

class SendBufferPoolState;

// The bytes of one packet on their way out. Ref-counted, so that a broadcast shares one buffer among its sessions.
// Owner: the SendBufferRefs.  Threads: written by one thread before it is first shared, immutable afterwards.
class SendBuffer {
public:
    SendBuffer(const SendBuffer&) = delete;
    SendBuffer& operator=(const SendBuffer&) = delete;

    [[nodiscard]] ConstBytes Bytes() const noexcept { return {Data(), size_}; }
    [[nodiscard]] std::size_t Size() const noexcept { return size_; }

    // For filling it. Precondition: not shared yet.
    [[nodiscard]] MutableBytes Writable() noexcept;

private:
    friend class SendBufferPoolState;
    friend class SendBufferRef;

    SendBuffer(SendBufferPoolState& pool, std::uint32_t sizeClass) noexcept : pool_(pool), sizeClass_(sizeClass) {}

    // The bytes follow the object in the same allocation.
    [[nodiscard]] const std::byte* Data() const noexcept { return reinterpret_cast<const std::byte*>(this + 1); }
    [[nodiscard]] std::byte* Data() noexcept { return reinterpret_cast<std::byte*>(this + 1); }

    SendBufferPoolState& pool_;
    std::atomic<std::uint32_t> references_ = 0;
    const std::uint32_t sizeClass_;
    std::size_t size_ = 0;
};

// A share in a SendBuffer; the last one returns it to its pool.
class SendBufferRef {
public:
    SendBufferRef() = default;
    SendBufferRef(const SendBufferRef& other) noexcept;
    SendBufferRef(SendBufferRef&& other) noexcept : buffer_(std::exchange(other.buffer_, nullptr)) {}
    SendBufferRef& operator=(SendBufferRef other) noexcept {
        std::swap(buffer_, other.buffer_);
        return *this;
    }
    ~SendBufferRef();

    explicit operator bool() const noexcept { return buffer_ != nullptr; }
    SendBuffer& operator*() const noexcept { return *buffer_; }
    SendBuffer* operator->() const noexcept { return buffer_; }

private:
    friend class SendBufferPoolState;
    explicit SendBufferRef(SendBuffer& buffer) noexcept;

    SendBuffer* buffer_ = nullptr;
};

// Recycles send buffers by size class.
// Owner: Service. Buffers may outlive the pool; the last one takes its memory with it.  Threads: safe from any.
class SendBufferPool {
public:
    SendBufferPool();
    ~SendBufferPool();
    SendBufferPool(const SendBufferPool&) = delete;
    SendBufferPool& operator=(const SendBufferPool&) = delete;

    // A buffer of exactly `bytes` (at least 1). May throw std::bad_alloc. No size is refused here; the wire format's limit is the
    // packet layer's.
    [[nodiscard]] SendBufferRef Allocate(std::size_t bytes);

    // Buffers that somebody still holds.
    [[nodiscard]] std::size_t Outstanding() const noexcept;

private:
    SendBufferPoolState* const state_;
};

}  // namespace servercore
