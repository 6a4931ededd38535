#include "DummyClient/LatencyHistogram.h"

#include <algorithm>
#include <new>

#include <hdr/hdr_histogram.h>

namespace loadtest {

namespace {

constexpr std::int64_t kLowest = 1;
constexpr std::int64_t kHighest = std::int64_t{60} * 1000 * 1000;
constexpr int kDigits = 3;

Percentiles Read(const hdr_histogram& histogram) {
    const auto at = [&](double percentile) { return std::chrono::microseconds(hdr_value_at_percentile(&histogram, percentile)); };
    Percentiles percentiles;
    percentiles.count = static_cast<std::uint64_t>(histogram.total_count);
    if (percentiles.count > 0) {
        percentiles.p50 = at(50);
        percentiles.p90 = at(90);
        percentiles.p99 = at(99);
        percentiles.p999 = at(99.9);
        percentiles.max = std::chrono::microseconds(hdr_max(&histogram));
    }
    return percentiles;
}

}  // namespace

void LatencyHistogram::Close::operator()(hdr_histogram* histogram) const noexcept {
    hdr_close(histogram);
}

LatencyHistogram::Histogram LatencyHistogram::Open() {
    hdr_histogram* histogram = nullptr;
    if (hdr_init(kLowest, kHighest, kDigits, &histogram) != 0) {
        throw std::bad_alloc();
    }
    return Histogram(histogram);
}

LatencyHistogram::LatencyHistogram() : total_(Open()), interval_(Open()) {}

LatencyHistogram::~LatencyHistogram() = default;

void LatencyHistogram::Record(servercore::Duration latency) {
    const std::int64_t value =
        std::clamp<std::int64_t>(std::chrono::duration_cast<std::chrono::microseconds>(latency).count(), kLowest, kHighest);
    servercore::MutexLock lock(mutex_);
    hdr_record_value(total_.get(), value);
    hdr_record_value(interval_.get(), value);
}

Percentiles LatencyHistogram::Total() const {
    servercore::MutexLock lock(mutex_);
    return Read(*total_);
}

Percentiles LatencyHistogram::TakeInterval() {
    servercore::MutexLock lock(mutex_);
    const Percentiles percentiles = Read(*interval_);
    hdr_reset(interval_.get());
    return percentiles;
}

}  // namespace loadtest
