#pragma once

#include <atomic>
#include <functional>

#include "ServerCore/Base/Clock.h"

namespace servercore::test {

// Time that passes only when the test says so.
// Threads: safe from any, but for setting onNow.
class FakeClock final : public Clock {
public:
    [[nodiscard]] TimePoint Now() const noexcept override {
        if (const std::function<void()> hook = onNow) {  // a copy: it may replace itself
            hook();
        }
        return TimePoint(Duration(now_.load()));
    }

    void Advance(Duration by) noexcept { now_.fetch_add(by.count()); }

    // Runs inside each Now, on the asking thread.
    std::function<void()> onNow;

private:
    std::atomic<Duration::rep> now_ = Duration(std::chrono::hours(1)).count();
};

}  // namespace servercore::test
