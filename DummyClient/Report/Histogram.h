#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "ServerCore/Base/Clock.h"

struct hdr_histogram;

namespace loadtest {

// What one looks at first in a set of latencies. Times in microseconds; all 0 when count is.
struct LatencyFigures {
    std::uint64_t count = 0;
    std::int64_t p50 = 0;
    std::int64_t p90 = 0;
    std::int64_t p99 = 0;
    std::int64_t p999 = 0;
    std::int64_t max = 0;

    bool operator==(const LatencyFigures&) const = default;
};

// Latencies from 1 microsecond to an hour, each kept to three digits; what is shorter or longer counts as the nearest of the two.
// A value of 190 KB (HdrHistogram_c).  Threads: confined to whoever owns it.  Throws std::bad_alloc.
class Histogram {
public:
    static constexpr std::int64_t kLowestUs = 1;
    static constexpr std::int64_t kHighestUs = std::int64_t{3600} * 1000 * 1000;

    // All latencies that three digits do not tell apart.
    struct Cell {
        std::int64_t lowestUs = 0;
        std::uint64_t count = 0;

        bool operator==(const Cell&) const = default;
    };

    Histogram();
    ~Histogram();
    Histogram(const Histogram& other);
    Histogram& operator=(const Histogram& other);
    Histogram(Histogram&&) noexcept;
    Histogram& operator=(Histogram&&) noexcept;

    void Record(servercore::Duration latency);
    void RecordUs(std::int64_t microseconds, std::uint64_t count = 1);
    void Add(const Histogram& other);
    void Reset();

    [[nodiscard]] std::uint64_t Count() const noexcept;
    [[nodiscard]] std::int64_t MinUs() const;
    [[nodiscard]] std::int64_t MaxUs() const;
    [[nodiscard]] double MeanUs() const;
    // The latency that `percentile` of 100 do not exceed; 0 when nothing is recorded.
    [[nodiscard]] std::int64_t PercentileUs(double percentile) const;
    [[nodiscard]] LatencyFigures Figures() const;
    // Those that are not empty, the shortest latency first.
    [[nodiscard]] std::vector<Cell> Cells() const;

    bool operator==(const Histogram& other) const { return Cells() == other.Cells(); }

private:
    struct Close {
        void operator()(hdr_histogram* histogram) const noexcept;
    };

    std::unique_ptr<hdr_histogram, Close> histogram_;
};

}  // namespace loadtest
