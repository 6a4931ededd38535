#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "ServerCore/Base/Clock.h"

namespace servercore {

// A rate of 0 is no limit. Slower than one a second: let each cost more (three a minute: 3 per second at a cost of 60).
struct TokenRate {
    std::uint32_t perSecond = 0;
    std::uint32_t burst = 0;  // what may come at once; 0 counts as 1
};

// Tokens that come at a steady rate up to a burst, and that something costs. Starts full.
//
// Counts billionths of a token in integers: a rate per second times nanoseconds is exact, so nothing drifts however often it is asked, and
// no time is too long for it.
// Owner: what is limited.  Threads: confined to the owner's. Time that runs backwards counts as none.
class TokenBucket {
public:
    explicit TokenBucket(TokenRate rate) noexcept : rate_{rate.perSecond, std::max(rate.burst, std::uint32_t{1})}, level_(Full()) {}

    // False: nothing was taken. What costs more than the burst passes when the bucket is full, and leaves a debt.
    [[nodiscard]] bool TryTake(std::uint32_t cost, TimePoint now) noexcept {
        if (!Holds(cost, now)) {
            return false;
        }
        Take(cost, now);
        return true;
    }

    // Whether TryTake would take.
    [[nodiscard]] bool Holds(std::uint32_t cost, TimePoint now) noexcept { return TimeUntil(cost, now) == Duration::zero(); }

    // Takes what has happened already, into debt if need be.
    void Take(std::uint32_t cost, TimePoint now) noexcept {
        if (IsLimited()) {
            Refill(now);
            level_ = std::max(level_ - cost * kUnitsPerToken, -kDeepestDebt);
        }
    }

    // How long until TryTake takes. Zero: it would now.
    [[nodiscard]] Duration TimeUntil(std::uint32_t cost, TimePoint now) noexcept {
        if (!IsLimited()) {
            return Duration::zero();
        }
        Refill(now);
        const std::int64_t missing = std::min(cost, rate_.burst) * kUnitsPerToken - level_;
        return missing <= 0 ? Duration::zero() : Nanoseconds(missing / rate_.perSecond + (missing % rate_.perSecond == 0 ? 0 : 1));
    }

    [[nodiscard]] bool IsLimited() const noexcept { return rate_.perSecond != 0; }

private:
    using Nanoseconds = std::chrono::nanoseconds;

    // A level lies between a debt and a burst of 2^32 tokens each; their sum fits 63 bits.
    static constexpr std::int64_t kUnitsPerToken = 1'000'000'000;
    static constexpr std::int64_t kDeepestDebt = (std::int64_t{1} << 32) * kUnitsPerToken;

    [[nodiscard]] std::int64_t Full() const noexcept { return rate_.burst * kUnitsPerToken; }

    void Refill(TimePoint now) noexcept {
        if (now <= refilled_) {
            return;
        }
        const std::int64_t elapsed = Nanoseconds(now - refilled_).count();
        const std::int64_t missing = Full() - level_;
        level_ = elapsed > missing / rate_.perSecond ? Full() : level_ + elapsed * rate_.perSecond;
        refilled_ = now;
    }

    TokenRate rate_;
    std::int64_t level_;
    TimePoint refilled_{};
};

}  // namespace servercore
