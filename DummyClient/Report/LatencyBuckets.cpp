#include "DummyClient/Report/LatencyBuckets.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace loadtest {

namespace {

constexpr std::uint32_t kPerDoubling = 16;
constexpr std::uint32_t kBits = 4;  // 2 to the 4th is kPerDoubling

std::uint64_t CountOf(const LatencyBuckets& buckets) {
    std::uint64_t count = 0;
    for (const auto& [bucket, inBucket] : buckets) {
        count += inBucket;
    }
    return count;
}

std::int64_t PercentileOf(const LatencyBuckets& buckets, std::uint64_t count, double percentile, std::int64_t longestUs) {
    const auto wanted = static_cast<std::uint64_t>(std::ceil(static_cast<double>(count) * percentile / 100));
    std::uint64_t before = 0;
    for (const auto& [bucket, inBucket] : buckets) {
        if (before + inBucket >= wanted) {
            // As if they were spread evenly: figures that fall on the edges of buckets would hide small changes.
            const auto width = static_cast<double>(LowestOfLatencyBucket(bucket + 1) - LowestOfLatencyBucket(bucket));
            const double part = static_cast<double>(wanted - before) / static_cast<double>(inBucket);
            return std::min(LowestOfLatencyBucket(bucket) + static_cast<std::int64_t>(width * part), longestUs);
        }
        before += inBucket;
    }
    return longestUs;
}

}  // namespace

std::uint32_t LatencyBucketOf(std::int64_t microseconds) noexcept {
    const auto value = static_cast<std::uint64_t>(std::clamp<std::int64_t>(microseconds, 0, Histogram::kHighestUs));
    if (value < kPerDoubling) {
        return static_cast<std::uint32_t>(value);
    }
    const auto doublings = static_cast<std::uint32_t>(std::bit_width(value)) - kBits - 1;
    return doublings * kPerDoubling + static_cast<std::uint32_t>(value >> doublings);
}

std::int64_t LowestOfLatencyBucket(std::uint32_t bucket) noexcept {
    if (bucket < kPerDoubling) {
        return bucket;
    }
    const std::uint32_t doublings = bucket / kPerDoubling - 1;
    return std::int64_t{bucket % kPerDoubling + kPerDoubling} << doublings;
}

LatencyBuckets ToLatencyBuckets(const Histogram& histogram) {
    LatencyBuckets buckets;
    for (const Histogram::Cell& cell : histogram.Cells()) {
        buckets[LatencyBucketOf(cell.lowestUs)] += cell.count;
    }
    return buckets;
}

LatencyFigures FiguresOf(const LatencyBuckets& buckets, std::int64_t longestUs) {
    const std::uint64_t count = CountOf(buckets);
    if (count == 0) {
        return {};
    }
    const auto at = [&](double percentile) { return PercentileOf(buckets, count, percentile, longestUs); };
    return {.count = count, .p50 = at(50), .p90 = at(90), .p99 = at(99), .p999 = at(99.9), .max = longestUs};
}

}  // namespace loadtest
