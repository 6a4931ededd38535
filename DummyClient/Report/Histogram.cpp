#include "DummyClient/Report/Histogram.h"

#include <algorithm>
#include <chrono>
#include <new>

#include <hdr/hdr_histogram.h>

namespace loadtest {

namespace {

constexpr int kDigits = 3;

hdr_histogram* Open() {
    hdr_histogram* histogram = nullptr;
    if (hdr_init(Histogram::kLowestUs, Histogram::kHighestUs, kDigits, &histogram) != 0) {
        throw std::bad_alloc();
    }
    return histogram;
}

}  // namespace

void Histogram::Close::operator()(hdr_histogram* histogram) const noexcept {
    hdr_close(histogram);
}

Histogram::Histogram() : histogram_(Open()) {}

Histogram::~Histogram() = default;

Histogram::Histogram(const Histogram& other) : Histogram() {
    Add(other);
}

Histogram& Histogram::operator=(const Histogram& other) {
    if (this != &other) {
        *this = Histogram(other);
    }
    return *this;
}

Histogram::Histogram(Histogram&&) noexcept = default;

Histogram& Histogram::operator=(Histogram&&) noexcept = default;

void Histogram::Record(servercore::Duration latency) {
    RecordUs(std::chrono::duration_cast<std::chrono::microseconds>(latency).count());
}

void Histogram::RecordUs(std::int64_t microseconds, std::uint64_t count) {
    hdr_record_values(histogram_.get(), std::clamp(microseconds, kLowestUs, kHighestUs), static_cast<std::int64_t>(count));
}

void Histogram::Add(const Histogram& other) {
    hdr_add(histogram_.get(), other.histogram_.get());
}

void Histogram::Reset() {
    hdr_reset(histogram_.get());
}

std::uint64_t Histogram::Count() const noexcept {
    return static_cast<std::uint64_t>(histogram_->total_count);
}

std::int64_t Histogram::MinUs() const {
    return Count() == 0 ? 0 : hdr_min(histogram_.get());
}

std::int64_t Histogram::MaxUs() const {
    return Count() == 0 ? 0 : hdr_max(histogram_.get());
}

double Histogram::MeanUs() const {
    return Count() == 0 ? 0 : hdr_mean(histogram_.get());
}

std::int64_t Histogram::PercentileUs(double percentile) const {
    return Count() == 0 ? 0 : hdr_value_at_percentile(histogram_.get(), percentile);
}

LatencyFigures Histogram::Figures() const {
    return {.count = Count(),
            .p50 = PercentileUs(50),
            .p90 = PercentileUs(90),
            .p99 = PercentileUs(99),
            .p999 = PercentileUs(99.9),
            .max = MaxUs()};
}

std::vector<Histogram::Cell> Histogram::Cells() const {
    std::vector<Cell> cells;
    hdr_iter iterator;
    hdr_iter_recorded_init(&iterator, histogram_.get());
    while (hdr_iter_next(&iterator)) {
        cells.push_back({.lowestUs = hdr_lowest_equivalent_value(histogram_.get(), iterator.value),
                         .count = static_cast<std::uint64_t>(iterator.count)});
    }
    return cells;
}

}  // namespace loadtest
