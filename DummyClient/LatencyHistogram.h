#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "ServerCore/Base/Clock.h"
#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Base/ThreadAnnotations.h"

struct hdr_histogram;

namespace loadtest {

struct Percentiles {
    std::uint64_t count = 0;
    std::chrono::microseconds p50{};
    std::chrono::microseconds p90{};
    std::chrono::microseconds p99{};
    std::chrono::microseconds p999{};
    std::chrono::microseconds max{};
};

// Round-trip times from 1 microsecond to a minute at three digits, in all and since the last look.
// Owner: Crowd.  Threads: safe from any.
class LatencyHistogram {
public:
    LatencyHistogram();
    ~LatencyHistogram();
    LatencyHistogram(const LatencyHistogram&) = delete;
    LatencyHistogram& operator=(const LatencyHistogram&) = delete;

    void Record(servercore::Duration latency) SC_EXCLUDES(mutex_);

    [[nodiscard]] Percentiles Total() const SC_EXCLUDES(mutex_);
    // What was recorded since the last call.
    [[nodiscard]] Percentiles TakeInterval() SC_EXCLUDES(mutex_);

private:
    struct Close {
        void operator()(hdr_histogram* histogram) const noexcept;
    };
    using Histogram = std::unique_ptr<hdr_histogram, Close>;

    [[nodiscard]] static Histogram Open();

    mutable servercore::Mutex mutex_;
    Histogram total_ SC_GUARDED_BY(mutex_);
    Histogram interval_ SC_GUARDED_BY(mutex_);
};

}  // namespace loadtest
