#pragma once

#include <cstdint>

#include "DummyClient/Scenario/Mix.h"

namespace loadtest {

// Random numbers that are looked up instead of drawn one after the other: number n of a stream is the same whatever was asked before, on
// every system and with every compiler.
//
// SplitMix64 (G. Steele, D. Lea, C. Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014): its state only counts up by a
// constant, so any of its numbers is at hand. Streams begin at states that are mixed out of seed and stream.
// Threads: immutable.
class Draws {
public:
    constexpr Draws(std::uint64_t seed, std::uint64_t stream) noexcept : state_(Mix(Mix(seed) + (stream - 1) * kStep)) {}

    // 64 random bits.
    [[nodiscard]] constexpr std::uint64_t Bits(std::uint64_t number) const noexcept { return Mix(state_ + number * kStep); }
    // At least 0, below 1; a multiple of 2^-53.
    [[nodiscard]] constexpr double Unit(std::uint64_t number) const noexcept { return static_cast<double>(Bits(number) >> 11U) * 0x1p-53; }

private:
    // Mix adds one of them by itself.
    static constexpr std::uint64_t kStep = 0x9E3779B97F4A7C15U;

    std::uint64_t state_;
};

}  // namespace loadtest
