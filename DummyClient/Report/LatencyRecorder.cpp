#include "DummyClient/Report/LatencyRecorder.h"

namespace loadtest {

void LatencyRecorder::Writer::Record(servercore::Duration latency) {
    servercore::MutexLock lock(mutex_);
    interval_.Record(latency);
}

void LatencyRecorder::Writer::MoveTo(Histogram& target) {
    servercore::MutexLock lock(mutex_);
    if (interval_.Count() > 0) {
        target.Add(interval_);
        interval_.Reset();
    }
}

LatencyRecorder::Writer& LatencyRecorder::AddWriter() {
    servercore::MutexLock lock(mutex_);
    return writers_.emplace_back();
}

Histogram LatencyRecorder::TakeInterval() {
    Histogram interval;
    servercore::MutexLock lock(mutex_);
    for (Writer& writer : writers_) {
        writer.MoveTo(interval);
    }
    total_.Add(interval);
    return interval;
}

Histogram LatencyRecorder::Total() const {
    servercore::MutexLock lock(mutex_);
    return total_;
}

void LatencyRecorder::DropTotal() {
    servercore::MutexLock lock(mutex_);
    Histogram dropped;
    for (Writer& writer : writers_) {
        writer.MoveTo(dropped);
    }
    total_.Reset();
}

}  // namespace loadtest
