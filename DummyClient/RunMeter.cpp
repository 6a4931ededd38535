#include "DummyClient/RunMeter.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "DummyClient/Report/SampleMath.h"
#include "DummyClient/RunChecks.h"
#include "ServerCore/Platform/ProcessTime.h"

namespace loadtest {

namespace {

using namespace std::chrono_literals;

constexpr const char* kDisconnected = "disconnected";
constexpr auto kShortestSample = 1ms;
// What is left of a second where a stage ends: shorter, it would show a rate that never was, for the server speaks in ticks.
constexpr double kShortestRate = 0.2;

double ToSeconds(servercore::Duration time) {
    return std::chrono::duration<double>(time).count();
}

}  // namespace

RunMeter::RunMeter(Crowd& crowd, const servercore::Clock& clock, std::function<BotCounts()> countAll)
    : crowd_(crowd),
      clock_(clock),
      countAll_(std::move(countAll)),
      startedAt_(clock.Now()),
      sampledAt_(startedAt_),
      nextSample_(startedAt_ + 1s),
      cpuBefore_(servercore::platform::ProcessCpuTime()) {}

void RunMeter::BeginStage(std::string name, bool measured) {
    const servercore::TimePoint now = clock_.Now();
    EndStage(now);
    if (measured && report_.totals.seconds == 0) {
        crowd_.latencies.DropTotals();
    }
    nextSample_ = now + 1s;
    report_.stages.push_back({.name = std::move(name), .from = Seconds(now), .to = Seconds(now), .measured = measured});
}

void RunMeter::OnSent(servercore::TimePoint intended) {
    const servercore::Duration lateness = clock_.Now() - intended;
    ++sent_;
    lateSends_ += lateness > kLateAfter ? 1U : 0U;
    worstLatenessUs_ = std::max<std::int64_t>(worstLatenessUs_, std::chrono::duration_cast<std::chrono::microseconds>(lateness).count());
}

std::optional<RunSample> RunMeter::TakeDueSample() {
    const servercore::TimePoint now = clock_.Now();
    if (now < nextSample_) {
        return std::nullopt;
    }
    while (nextSample_ <= now) {
        nextSample_ += 1s;
    }
    if (now - sampledAt_ < kShortestSample) {
        return std::nullopt;
    }
    return TakeSample(now);
}

void RunMeter::EndStage(servercore::TimePoint now) {
    if (report_.stages.empty()) {
        return;
    }
    if (now - sampledAt_ >= kShortestSample) {
        (void)TakeSample(now);
    }
    report_.stages.back().to = Seconds(now);
}

RunSample RunMeter::TakeSample(servercore::TimePoint now) {
    const CrowdState state = crowd_.Look();
    const std::uint64_t failed = crowd_.connectsFailed.load();
    const servercore::Duration cpu = servercore::platform::ProcessCpuTime();
    RunSample sample;
    sample.t = Seconds(now);
    sample.width = ToSeconds(now - sampledAt_);
    sample.measured = report_.stages.back().measured;
    sample.connected = state.online;
    sample.connecting = state.connecting;
    sample.failed = failed - std::exchange(failedBefore_, failed);
    sample.packetsIn = state.traffic.packetsIn - before_.traffic.packetsIn;
    sample.packetsOut = state.traffic.packetsOut - before_.traffic.packetsOut;
    sample.bytesIn = state.traffic.bytesIn - before_.traffic.bytesIn;
    sample.bytesOut = state.traffic.bytesOut - before_.traffic.bytesOut;
    sample.sent = std::exchange(sent_, 0);
    sample.received = state.deliveries - before_.deliveries;
    sample.lateSends = std::exchange(lateSends_, 0);
    sample.cpuPercent = 100 * ToSeconds(cpu - std::exchange(cpuBefore_, cpu)) / sample.width;
    sample.latency = crowd_.latencies.TakeInterval();
    TakeErrors(sample, state);
    before_ = state;
    sampledAt_ = now;
    if (sample.measured) {
        AddToTotals(report_.totals, sample);
    }
    const bool isRest = sample.width < kShortestRate && !report_.samples.empty() && report_.samples.back().t > report_.stages.back().from;
    if (isRest) {
        AddAfter(report_.samples.back(), sample);
    } else {
        report_.samples.push_back(sample);
    }
    return sample;
}

void RunMeter::TakeErrors(RunSample& sample, const CrowdState& state) {
    if (state.errors != before_.errors) {
        Counts errors = ErrorsByReason(countAll_());
        for (const auto& [reason, count] : errors) {
            const std::uint64_t before = errors_[reason];
            if (count > before) {  // a chat that was skipped may come late
                sample.errors[reason] = count - before;
            }
        }
        errors_ = std::move(errors);
    }
    const std::uint64_t disconnects = crowd_.UnexpectedDisconnects();
    if (disconnects > disconnectsBefore_) {
        sample.errors[kDisconnected] = disconnects - std::exchange(disconnectsBefore_, disconnects);
    }
}

RunReport RunMeter::SoFar() const {
    RunReport report;
    report.totals = report_.totals;
    report.totals.connects = crowd_.connects.load();
    report.totals.connectsFailed = crowd_.connectsFailed.load();
    report.totals.expected = report.totals.received;
    report.latency = crowd_.latencies.Totals();
    return report;
}

RunReport RunMeter::Finish(const LoadResult& result) {
    EndStage(clock_.Now());
    RunReport report = std::move(report_);
    RunTotals& totals = report.totals;
    // Connects and errors count whenever they happened: not to be measured excuses nothing.
    totals.connects = crowd_.connects.load();
    totals.connectsFailed = crowd_.connectsFailed.load();
    totals.errors = ErrorsByReason(result.counts);
    if (result.unexpectedDisconnects > 0) {
        totals.errors[kDisconnected] = result.unexpectedDisconnects;
    }
    totals.disconnects = ToCounts(result.disconnects);
    totals.lost = result.lost + result.WhispersLost();
    totals.expected = totals.received + totals.lost;
    report.latency = crowd_.latencies.Totals();
    report.checks = ToChecks(result);
    for (const RunSample& sample : report.samples) {
        if (sample.measured && sample.width >= kShortestRate) {
            report.generator.peakCpuPercent = std::max(report.generator.peakCpuPercent, sample.cpuPercent);
        }
    }
    report.generator.worstLatenessUs = worstLatenessUs_;
    return report;
}

double RunMeter::Seconds(servercore::TimePoint at) const {
    return ToSeconds(at - startedAt_);
}

}  // namespace loadtest
