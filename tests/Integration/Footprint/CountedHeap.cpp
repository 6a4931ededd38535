#include "tests/Integration/Footprint/CountedHeap.h"

#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace servercore::test {

namespace {

std::atomic<std::uint64_t>& Counter() noexcept {
    static std::atomic<std::uint64_t> allocations = 0;
    return allocations;
}

void* Counted(void* memory) {
    Counter().fetch_add(1, std::memory_order_relaxed);
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    return memory;
}

}  // namespace

std::uint64_t Allocations() noexcept {
    return Counter().load(std::memory_order_relaxed);
}

std::size_t HeapBytes() noexcept {
    const struct mallinfo2 info = ::mallinfo2();
    return info.uordblks + info.hblkhd;
}

}  // namespace servercore::test

// The forms that the standard library's others call.
void* operator new(std::size_t bytes) {
    return servercore::test::Counted(std::malloc(bytes));
}

void* operator new(std::size_t bytes, std::align_val_t alignment) {
    const auto boundary = static_cast<std::size_t>(alignment);
    return servercore::test::Counted(std::aligned_alloc(boundary, (bytes + boundary - 1) / boundary * boundary));
}

void operator delete(void* memory) noexcept {
    std::free(memory);
}

void operator delete(void* memory, std::size_t /*bytes*/) noexcept {
    std::free(memory);
}

void operator delete(void* memory, std::align_val_t /*alignment*/) noexcept {
    std::free(memory);
}

void operator delete(void* memory, std::size_t /*bytes*/, std::align_val_t /*alignment*/) noexcept {
    std::free(memory);
}
