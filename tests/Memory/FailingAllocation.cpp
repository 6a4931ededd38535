#include "tests/Memory/FailingAllocation.h"

#include <cstdlib>
#include <new>

namespace servercore::test {

namespace {

// An allocation operator has nobody to ask but these.
thread_local std::size_t untilFailure = 0;  // 0: none will fail
thread_local bool hasFailed = false;
thread_local bool isSpared = false;
thread_local std::ptrdiff_t liveBlocks = 0;

}  // namespace

FailingAllocation::FailingAllocation(std::size_t number) noexcept {
    untilFailure = number;
    hasFailed = false;
}

FailingAllocation::~FailingAllocation() {
    untilFailure = 0;
}

bool FailingAllocation::HasFailed() const noexcept {
    return hasFailed;
}

void FailingAllocation::Count() {
    if (!isSpared && untilFailure > 0 && --untilFailure == 0) {
        hasFailed = true;
        throw std::bad_alloc();
    }
}

SparedAllocations::SparedAllocations(bool spared) noexcept : before_(isSpared) {
    isSpared = spared;
}

SparedAllocations::~SparedAllocations() {
    isSpared = before_;
}

std::ptrdiff_t LiveBlocks() noexcept {
    return liveBlocks;
}

}  // namespace servercore::test

// The other forms of new and delete come down to these; those for over-aligned types are left alone.
void* operator new(std::size_t bytes) {
    servercore::test::FailingAllocation::Count();
    void* const block = std::malloc(bytes == 0 ? 1 : bytes);
    if (block == nullptr) {
        throw std::bad_alloc();
    }
    ++servercore::test::liveBlocks;
    return block;
}

void operator delete(void* block) noexcept {
    if (block != nullptr) {
        --servercore::test::liveBlocks;
        std::free(block);
    }
}

void operator delete(void* block, std::size_t) noexcept {
    operator delete(block);
}
