#pragma once

#include <cstddef>

namespace servercore::test {

// Programs that link FailingAllocation.cpp have an operator new that counts, and fails on demand. All of it is per thread.

// While it lives, the allocation with this number (from 1) fails, and no other. One at a time.
class FailingAllocation {
public:
    explicit FailingAllocation(std::size_t number) noexcept;
    ~FailingAllocation();
    FailingAllocation(const FailingAllocation&) = delete;
    FailingAllocation& operator=(const FailingAllocation&) = delete;

    [[nodiscard]] bool HasFailed() const noexcept;

    // As if there were an allocation here: throws std::bad_alloc when it is its turn.
    static void Count();
};

// A scope whose allocations are not counted and do not fail: the test's own, or (false) those of the code under test that it calls.
class SparedAllocations {
public:
    explicit SparedAllocations(bool spared = true) noexcept;
    ~SparedAllocations();
    SparedAllocations(const SparedAllocations&) = delete;
    SparedAllocations& operator=(const SparedAllocations&) = delete;

private:
    const bool before_;
};

// Blocks that were allocated on this thread and not freed on it.
[[nodiscard]] std::ptrdiff_t LiveBlocks() noexcept;

}  // namespace servercore::test
