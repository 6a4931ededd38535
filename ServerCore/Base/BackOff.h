#pragma once

#include <algorithm>
#include <chrono>

namespace servercore {

// How long to wait before the next try of what keeps failing: from `first`, twice as long each time, up to `longest`.
// Threads: a value.
class BackOff {
public:
    using Pause = std::chrono::milliseconds;

    BackOff() = default;
    BackOff(Pause first, Pause longest) noexcept : first_(first), longest_(longest) {}

    [[nodiscard]] Pause Next() noexcept {
        last_ = std::clamp(last_ * 2, first_, longest_);
        return last_;
    }

    // It worked: the next failure is a first one again.
    void Reset() noexcept { last_ = Pause::zero(); }

private:
    Pause first_{10};
    Pause longest_{1000};
    Pause last_{0};
};

}  // namespace servercore
