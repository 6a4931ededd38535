#pragma once

#include <list>

#include "DummyClient/Report/Histogram.h"
#include "ServerCore/Base/Clock.h"
#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Base/ThreadAnnotations.h"

namespace loadtest {

// Latencies of one kind from many threads: in all, and since the last look.
// Each recording thread has a writer of its own, whose lock nobody else wants but the reader, for a moment once a second.
// Owner: the run.  Threads: safe from any.
class LatencyRecorder {
public:
    // Threads: safe from any, cheapest when only one thread uses it.
    class Writer {
    public:
        void Record(servercore::Duration latency) SC_EXCLUDES(mutex_);

    private:
        friend class LatencyRecorder;

        // Adds what was recorded since the last call.
        void MoveTo(Histogram& target) SC_EXCLUDES(mutex_);

        servercore::Mutex mutex_;
        Histogram interval_ SC_GUARDED_BY(mutex_);
    };

    LatencyRecorder() = default;
    LatencyRecorder(const LatencyRecorder&) = delete;
    LatencyRecorder& operator=(const LatencyRecorder&) = delete;

    // Lives as long as the recorder.
    [[nodiscard]] Writer& AddWriter() SC_EXCLUDES(mutex_);

    // What all writers recorded since the last call.
    [[nodiscard]] Histogram TakeInterval() SC_EXCLUDES(mutex_);
    // What TakeInterval has returned since the beginning, or since DropTotal.
    [[nodiscard]] Histogram Total() const SC_EXCLUDES(mutex_);
    // The warm-up is over: what was recorded until now counts for nothing.
    void DropTotal() SC_EXCLUDES(mutex_);

private:
    mutable servercore::Mutex mutex_;
    std::list<Writer> writers_ SC_GUARDED_BY(mutex_);  // a list: writers stay where they are
    Histogram total_ SC_GUARDED_BY(mutex_);
};

}  // namespace loadtest
