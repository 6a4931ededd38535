#include "DummyClient/Kit/RunMeter.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "DummyClient/Report/SampleMath.h"
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

RunMeter::RunMeter(RunBoard& board, const servercore::Clock& clock, MeteredRun run)
    : board_(board),
      clock_(clock),
      run_(std::move(run)),
      startedAt_(clock.Now()),
      sampledAt_(startedAt_),
      nextSample_(startedAt_ + 1s),
      cpuBefore_(servercore::platform::ProcessCpuTime()) {}

void RunMeter::BeginStage(std::string name, bool measured) {
    const servercore::TimePoint now = clock_.Now();
    EndStage(now);
    if (measured && report_.totals.seconds == 0) {
        board_.latencies.DropTotals();
    }
    nextSample_ = now + 1s;
    report_.stages.push_back({.name = std::move(name), .from = Seconds(now), .to = Seconds(now), .measured = measured});
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
    const PopulationState state = run_.look();
    const SendCounts sends = board_.Sends();
    const std::uint64_t failed = board_.connectsFailed.load();
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
    sample.sent = sends.sent - sendsBefore_.sent;
    sample.received = state.deliveries - before_.deliveries;
    sample.lateSends = sends.late - sendsBefore_.late;
    sample.cpuPercent = 100 * ToSeconds(cpu - std::exchange(cpuBefore_, cpu)) / sample.width;
    sample.latency = board_.latencies.TakeInterval();
    TakeErrors(sample, state);
    before_ = state;
    sendsBefore_ = sends;
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

void RunMeter::TakeErrors(RunSample& sample, const PopulationState& state) {
    if (state.errors != before_.errors) {
        Counts errors = run_.errors();
        for (const auto& [reason, count] : errors) {
            const std::uint64_t before = errors_[reason];
            if (count > before) {  // a chat that was skipped may come late
                sample.errors[reason] = count - before;
            }
        }
        errors_ = std::move(errors);
    }
    const std::uint64_t disconnects = board_.UnexpectedDisconnects();
    if (disconnects > disconnectsBefore_) {
        sample.errors[kDisconnected] = disconnects - std::exchange(disconnectsBefore_, disconnects);
    }
}

RunReport RunMeter::SoFar() const {
    RunReport report;
    report.totals = report_.totals;
    report.totals.connects = board_.connects.load();
    report.totals.connectsFailed = board_.connectsFailed.load();
    report.totals.expected = report.totals.received;
    report.latency = board_.latencies.Totals();
    return report;
}

RunReport RunMeter::Finish(const PopulationResult& result) {
    EndStage(clock_.Now());
    RunReport report = std::move(report_);
    RunTotals& totals = report.totals;
    // Connects and errors count whenever they happened: not to be measured excuses nothing.
    totals.connects = board_.connects.load();
    totals.connectsFailed = board_.connectsFailed.load();
    totals.errors = result.errors;
    if (const std::uint64_t disconnects = board_.UnexpectedDisconnects(); disconnects > 0) {
        totals.errors[kDisconnected] = disconnects;
    }
    totals.disconnects = board_.Disconnects();
    totals.lost = result.lost;
    totals.expected = totals.received + totals.lost;
    report.latency = board_.latencies.Totals();
    report.checks = result.checks;
    for (const RunSample& sample : report.samples) {
        if (sample.measured && sample.width >= kShortestRate) {
            report.generator.peakCpuPercent = std::max(report.generator.peakCpuPercent, sample.cpuPercent);
        }
    }
    report.generator.worstLatenessUs = board_.Sends().worstLatenessUs;
    return report;
}

double RunMeter::Seconds(servercore::TimePoint at) const {
    return ToSeconds(at - startedAt_);
}

}  // namespace loadtest
