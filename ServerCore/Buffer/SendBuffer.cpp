#include "ServerCore/Buffer/SendBuffer.h"

#include <array>
#include <new>

#include <boost/lockfree/stack.hpp>

#include "ServerCore/Base/Assert.h"

namespace servercore {

namespace {

// Capacities. What is larger than the last is allocated and freed each time.
constexpr std::array<std::size_t, 6> kClassBytes = {64, 256, 1024, 4096, 16384, 65536};
constexpr std::uint32_t kUnpooled = kClassBytes.size();

// Free buffers kept per class; more go back to the allocator. Bounds what a burst leaves behind.
constexpr std::size_t kMaxFreePerClass = 1024;

std::uint32_t SizeClassFor(std::size_t bytes) noexcept {
    std::uint32_t sizeClass = 0;
    while (sizeClass < kUnpooled && kClassBytes[sizeClass] < bytes) {
        ++sizeClass;
    }
    return sizeClass;
}

}  // namespace

// What buffers and pool share. Lives until the pool and all buffers are gone: each of them is one reference.
class SendBufferPoolState {
public:
    SendBufferPoolState() = default;
    SendBufferPoolState(const SendBufferPoolState&) = delete;
    SendBufferPoolState& operator=(const SendBufferPoolState&) = delete;

    [[nodiscard]] SendBufferRef Allocate(std::size_t bytes) {
        const std::uint32_t sizeClass = SizeClassFor(bytes);
        SendBuffer* buffer = nullptr;
        if (sizeClass == kUnpooled || !free_[sizeClass].pop(buffer)) {
            const std::size_t capacity = sizeClass == kUnpooled ? bytes : kClassBytes[sizeClass];
            buffer = ::new (::operator new(sizeof(SendBuffer) + capacity)) SendBuffer(*this, sizeClass);
        }
        buffer->size_ = bytes;
        references_.fetch_add(1, std::memory_order_relaxed);
        return SendBufferRef(*buffer);
    }

    void Recycle(SendBuffer& buffer) noexcept {
        if (buffer.sizeClass_ == kUnpooled || !free_[buffer.sizeClass_].bounded_push(&buffer)) {
            Destroy(buffer);
        }
        ReleaseReference();
    }

    void ReleaseReference() noexcept {
        // Acquire-release: the last release sees everything the others did before theirs.
        if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            delete this;
        }
    }

    [[nodiscard]] std::size_t Outstanding() const noexcept { return references_.load(std::memory_order_relaxed) - 1; }

private:
    using FreeList = boost::lockfree::stack<SendBuffer*, boost::lockfree::capacity<kMaxFreePerClass>>;

    ~SendBufferPoolState() {
        for (FreeList& list : free_) {
            list.consume_all([](SendBuffer* buffer) { Destroy(*buffer); });
        }
    }

    static void Destroy(SendBuffer& buffer) noexcept {
        buffer.~SendBuffer();
        ::operator delete(&buffer);
    }

    std::array<FreeList, kClassBytes.size()> free_;
    std::atomic<std::size_t> references_ = 1;
};

MutableBytes SendBuffer::Writable() noexcept {
    SC_ASSERT(references_.load(std::memory_order_relaxed) == 1);
    return {Data(), size_};
}

SendBufferRef::SendBufferRef(SendBuffer& buffer) noexcept : buffer_(&buffer) {
    buffer.references_.fetch_add(1, std::memory_order_relaxed);
}

SendBufferRef::SendBufferRef(const SendBufferRef& other) noexcept : buffer_(other.buffer_) {
    if (buffer_ != nullptr) {
        buffer_->references_.fetch_add(1, std::memory_order_relaxed);
    }
}

SendBufferRef::~SendBufferRef() {
    // Acquire-release: the buffer is reused only after every holder has finished reading it.
    if (buffer_ != nullptr && buffer_->references_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        buffer_->pool_.Recycle(*buffer_);
    }
}

SendBufferPool::SendBufferPool() : state_(new SendBufferPoolState) {}

SendBufferPool::~SendBufferPool() {
    state_->ReleaseReference();
}

SendBufferRef SendBufferPool::Allocate(std::size_t bytes) {
    SC_ASSERT(bytes > 0);
    return state_->Allocate(bytes);
}

std::size_t SendBufferPool::Outstanding() const noexcept {
    return state_->Outstanding();
}

}  // namespace servercore
