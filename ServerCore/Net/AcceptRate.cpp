#include "ServerCore/Net/AcceptRate.h"

#include <algorithm>
#include <chrono>

namespace servercore {

namespace {

// Two for each that comes: faster than they can pile up, and never much work at once.
constexpr int kDropsPerCall = 2;

// Some 30 years. Longer times would not fit into a Duration when they add up.
constexpr double kLongestSeconds = 1e9;

Duration FromSeconds(double seconds) noexcept {
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(std::min(seconds, kLongestSeconds)));
}

Duration IntervalOf(double perSecond) noexcept {
    return perSecond > 0 ? FromSeconds(1 / perSecond) : Duration::zero();
}

}  // namespace

AcceptRate::AcceptRate(double perSecond, double burst, std::size_t maxHosts)
    : interval_(IntervalOf(perSecond)),
      tolerance_(FromSeconds(std::chrono::duration<double>(interval_).count() * (std::max(burst, 1.0) - 1))),
      maxHosts_(std::max<std::size_t>(maxHosts, 1)) {}

bool AcceptRate::TryTake(const CidrRange& host, TimePoint now) {
    if (interval_ == Duration::zero()) {
        return true;
    }
    DropFullOnes(now);
    if (const auto known = byHost_.find(host); known != byHost_.end()) {
        Bucket& bucket = *known->second;
        if (bucket.fullAt - now > tolerance_) {
            return false;
        }
        bucket.fullAt = std::max(bucket.fullAt, now) + interval_;
        buckets_.splice(buckets_.end(), buckets_, known->second);
        return true;
    }
    if (byHost_.size() >= maxHosts_) {
        ForgetTheOldest();
    }
    std::list<Bucket> added(1, {.host = host, .fullAt = now + interval_});
    byHost_.emplace(host, added.begin());
    buckets_.splice(buckets_.end(), added);  // only now: had there been no memory for the line before, nothing would have changed
    return true;
}

void AcceptRate::ForgetTheOldest() {
    byHost_.erase(buckets_.front().host);
    buckets_.pop_front();
    ++forgotten_;
}

void AcceptRate::DropFullOnes(TimePoint now) {
    for (int i = 0; i < kDropsPerCall && !buckets_.empty() && buckets_.front().fullAt <= now; ++i) {
        byHost_.erase(buckets_.front().host);
        buckets_.pop_front();
    }
}

}  // namespace servercore
