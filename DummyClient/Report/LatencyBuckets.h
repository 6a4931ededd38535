#pragma once

#include <cstdint>
#include <map>

#include "DummyClient/Report/Histogram.h"

namespace loadtest {

// The latencies of one second, coarse enough to keep for every second of a long run: 16 buckets for each doubling, so that what is read
// from them is at most a sixteenth wrong. From the bucket to how many are in it.
using LatencyBuckets = std::map<std::uint32_t, std::uint64_t>;

// The last bucket there is.
inline constexpr std::uint32_t kLastLatencyBucket = 458;

[[nodiscard]] std::uint32_t LatencyBucketOf(std::int64_t microseconds) noexcept;
// The shortest latency in the bucket, in microseconds.
[[nodiscard]] std::int64_t LowestOfLatencyBucket(std::uint32_t bucket) noexcept;

[[nodiscard]] LatencyBuckets ToLatencyBuckets(const Histogram& histogram);
// `longestUs`: the longest latency in them, for no percentile exceeds it.
[[nodiscard]] LatencyFigures FiguresOf(const LatencyBuckets& buckets, std::int64_t longestUs);

}  // namespace loadtest
