#pragma once

#include <chrono>
#include <cstdint>

#include "ServerCore/Base/Clock.h"

namespace loadtest {

// An absolute schedule: event number n (from 0) is due at start + n / rate. Being late now makes nothing later afterwards.
// Threads: confined to its owner.
class Pace {
public:
    // Precondition: perSecond > 0.
    Pace(servercore::TimePoint start, double perSecond) noexcept : start_(start), perSecond_(perSecond) {}

    // The number of the next event, if it is due; then it counts as done.
    [[nodiscard]] bool TryTake(servercore::TimePoint now, std::uint64_t& number) noexcept {
        if (now < DueTime(taken_)) {
            return false;
        }
        number = taken_++;
        return true;
    }

    // When event `number` is due.
    [[nodiscard]] servercore::TimePoint DueTime(std::uint64_t number) const noexcept {
        const std::chrono::duration<double> offset(static_cast<double>(number) / perSecond_);
        return start_ + std::chrono::duration_cast<servercore::Duration>(offset);
    }

private:
    servercore::TimePoint start_;
    double perSecond_;
    std::uint64_t taken_ = 0;
};

}  // namespace loadtest
