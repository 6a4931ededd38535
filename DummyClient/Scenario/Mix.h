#pragma once

#include <cstdint>

namespace loadtest {

// SplitMix64: well mixed bits from a counter.
[[nodiscard]] constexpr std::uint64_t Mix(std::uint64_t value) noexcept {
    value += 0x9E3779B97F4A7C15U;
    value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
    value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
    return value ^ (value >> 31U);
}

}  // namespace loadtest
