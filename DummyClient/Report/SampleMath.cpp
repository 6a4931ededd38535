#include "DummyClient/Report/SampleMath.h"

#include <algorithm>

namespace loadtest {

namespace {

// Of the service time there are no buckets: the larger of both is the most that it can be.
LatencyFigures LargerOf(const LatencyFigures& one, const LatencyFigures& other) {
    return {.count = one.count + other.count,
            .p50 = std::max(one.p50, other.p50),
            .p90 = std::max(one.p90, other.p90),
            .p99 = std::max(one.p99, other.p99),
            .p999 = std::max(one.p999, other.p999),
            .max = std::max(one.max, other.max)};
}

void AddKind(KindSample& kind, const KindSample& other) {
    if (other.response.count == 0 && other.service.count == 0) {
        return;
    }
    for (const auto& [bucket, count] : other.buckets) {
        kind.buckets[bucket] += count;
    }
    // One of them alone is exact.
    kind.response = kind.response.count == 0    ? other.response
                    : other.response.count == 0 ? kind.response
                                                : FiguresOf(kind.buckets, std::max(kind.response.max, other.response.max));
    kind.service = LargerOf(kind.service, other.service);
}

void AddEvents(RunSample& sample, const RunSample& other) {
    sample.failed += other.failed;
    sample.packetsIn += other.packetsIn;
    sample.packetsOut += other.packetsOut;
    sample.bytesIn += other.bytesIn;
    sample.bytesOut += other.bytesOut;
    sample.sent += other.sent;
    sample.received += other.received;
    sample.lateSends += other.lateSends;
    for (const auto& [name, kind] : other.latency) {
        AddKind(sample.latency[name], kind);
    }
    AddCounts(sample.errors, other.errors);
}

}  // namespace

void AddCounts(Counts& counts, const Counts& other) {
    for (const auto& [reason, count] : other) {
        counts[reason] += count;
    }
}

KindSample ToKindSample(const Histogram& response, const Histogram& service) {
    return {.response = response.Figures(), .service = service.Figures(), .buckets = ToLatencyBuckets(response)};
}

void AddToTotals(RunTotals& totals, const RunSample& sample) {
    totals.seconds += sample.width;
    totals.connectsFailed += sample.failed;
    totals.peakConnected = std::max(totals.peakConnected, sample.connected);
    totals.packetsIn += sample.packetsIn;
    totals.packetsOut += sample.packetsOut;
    totals.bytesIn += sample.bytesIn;
    totals.bytesOut += sample.bytesOut;
    totals.sent += sample.sent;
    totals.received += sample.received;
    totals.lateSends += sample.lateSends;
    totals.cpuSeconds += sample.cpuPercent / 100 * sample.width;
    AddCounts(totals.errors, sample.errors);
}

void AddBeside(RunSample& sample, const RunSample& other) {
    AddEvents(sample, other);
    sample.width = std::max(sample.width, other.width);
    sample.measured = sample.measured && other.measured;
    sample.connected += other.connected;
    sample.connecting += other.connecting;
    sample.cpuPercent += other.cpuPercent;
    sample.server.insert(other.server.begin(), other.server.end());
}

void AddAfter(RunSample& sample, const RunSample& next) {
    AddEvents(sample, next);
    const double width = sample.width + next.width;
    sample.cpuPercent = width > 0 ? (sample.cpuPercent * sample.width + next.cpuPercent * next.width) / width : 0;
    sample.t = next.t;
    sample.width = width;
    sample.measured = sample.measured && next.measured;
    sample.connected = next.connected;
    sample.connecting = next.connecting;
    for (const auto& [name, value] : next.server) {
        sample.server[name] = value;
    }
}

std::vector<RunSample> Thinned(const std::vector<RunSample>& samples, std::size_t most) {
    const std::size_t step = (samples.size() + most - 1) / most;
    std::vector<RunSample> thinned;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        if (i % step == 0) {
            thinned.push_back(samples[i]);
        } else {
            AddAfter(thinned.back(), samples[i]);
        }
    }
    return thinned;
}

}  // namespace loadtest
