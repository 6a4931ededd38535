#pragma once

#include <cstddef>
#include <cstdint>

namespace servercore::test {

// Calls of operator new in this program so far, on all threads. The program's operators new and delete are replaced for it.
[[nodiscard]] std::uint64_t Allocations() noexcept;

// Bytes that the heap has handed out and not got back, its own overhead per piece included.
[[nodiscard]] std::size_t HeapBytes() noexcept;

}  // namespace servercore::test
