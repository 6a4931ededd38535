#pragma once

#include <chrono>

namespace servercore {

using TimePoint = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;

// The engine's only source of time. Injected wherever time is needed, so that tests and simulations own it.
// Monotonic: it never jumps with the wall clock.  Threads: safe from any.
class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual TimePoint Now() const noexcept = 0;
};

// The operating system's monotonic clock (clock_gettime / QueryPerformanceCounter through std::chrono::steady_clock).
class SteadyClock final : public Clock {
public:
    [[nodiscard]] TimePoint Now() const noexcept override { return std::chrono::steady_clock::now(); }
};

}  // namespace servercore
