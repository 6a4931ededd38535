#include "DummyClient/Kit/RunLine.h"

#include <fmt/format.h>

#include "DummyClient/Report/ThresholdSubjects.h"

namespace loadtest {

namespace {

std::string Milliseconds(std::int64_t microseconds) {
    return fmt::format("{:.2f}ms", static_cast<double>(microseconds) / 1000.0);
}

}  // namespace

std::string ToLine(const RunView& view) {
    const RunSample& sample = view.sample;
    const auto perSecond = [&](std::uint64_t count) { return static_cast<double>(count) / sample.width; };
    std::uint64_t wanted = 0;
    for (const GroupView& group : view.groups) {
        wanted += group.wanted;
    }
    std::string line = fmt::format("{:>4.0f}s {:<7} bots={}/{} sent={:.0f}/s received={:.0f}/s", sample.t, view.stage, sample.connected,
                                   wanted, perSecond(sample.sent), perSecond(sample.received));
    for (const auto& [kind, latency] : sample.latency) {
        line += fmt::format(" {} p50={} p99={}", kind, Milliseconds(latency.response.p50), Milliseconds(latency.response.p99));
    }
    return line + fmt::format(" late={} failed={} errors={}{}", sample.lateSends, view.connectsFailed, SumOf(view.errors),
                              view.isPaused ? " (paused)" : "");
}

}  // namespace loadtest
