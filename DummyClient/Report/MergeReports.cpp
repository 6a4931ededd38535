#include "DummyClient/Report/MergeReports.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "DummyClient/Report/SampleMath.h"

namespace loadtest {

namespace {

constexpr double kLongestSeconds = 1e7;  // four months; a hostile time must not overflow anything

double EndOf(const RunReport& report) {
    return report.samples.empty() ? report.totals.seconds : report.samples.back().t;
}

template <class T>
void AddNew(std::vector<T>& values, const std::vector<T>& others) {
    for (const T& other : others) {
        if (std::find(values.begin(), values.end(), other) == values.end()) {
            values.push_back(other);
        }
    }
}

// The element of that name, made when there is none.
template <class T>
T& Named(std::vector<T>& values, const std::string& name) {
    const auto found = std::find_if(values.begin(), values.end(), [&](const T& value) { return value.name == name; });
    if (found != values.end()) {
        return *found;
    }
    values.emplace_back().name = name;
    return values.back();
}

class Merger {
public:
    explicit Merger(std::span<const RunReport> reports) : reports_(reports) {
        begin_ = std::numeric_limits<std::int64_t>::max();
        for (const RunReport& report : reports) {
            begin_ = std::min(begin_, report.meta.startedAtMs);
        }
    }

    // Why they do not belong together; empty when they do.
    [[nodiscard]] std::string Problem() const {
        if (reports_.empty()) {
            return "there is nothing to merge";
        }
        double firstEnd = std::numeric_limits<double>::max();
        double lastBegin = 0;
        for (const RunReport& report : reports_) {
            if (report.meta.protocolVersion != reports_[0].meta.protocolVersion) {
                return fmt::format("the processes speak different protocols: versions {} and {}", reports_[0].meta.protocolVersion,
                                   report.meta.protocolVersion);
            }
            if (!(EndOf(report) >= 0 && EndOf(report) < kLongestSeconds)) {
                return fmt::format("a run of {} seconds cannot be", EndOf(report));
            }
            lastBegin = std::max(lastBegin, OffsetOf(report));
            firstEnd = std::min(firstEnd, OffsetOf(report) + EndOf(report));
        }
        if (lastBegin > firstEnd) {
            return fmt::format("the processes did not run at the same time: one ended {:.0f} s before another began", lastBegin - firstEnd);
        }
        return {};
    }

    [[nodiscard]] RunReport Merged() {
        merged_.meta = reports_[0].meta;
        merged_.meta.startedAtMs = begin_;
        merged_.meta.processes = 0;
        for (const RunReport& report : reports_) {
            AddMeta(report.meta);
            AddStages(report);
            AddSamples(report);
            AddTotals(report.totals);
            AddLatencies(report);
            AddGenerator(report.generator);
            for (const RunCheck& check : report.checks) {
                RunCheck& sum = Named(merged_.checks, check.name);
                sum.passed += check.passed;
                sum.failed += check.failed;
            }
        }
        FinishSamples();
        return std::move(merged_);
    }

private:
    [[nodiscard]] double OffsetOf(const RunReport& report) const {
        // As floating point: the difference of two hostile times may not fit.
        return (static_cast<double>(report.meta.startedAtMs) - static_cast<double>(begin_)) / 1000;
    }

    void AddMeta(const RunMeta& meta) {
        RunMeta& sum = merged_.meta;
        sum.processes += meta.processes;
        if (sum.scenario.find(meta.scenario) == std::string::npos) {
            sum.scenario += " + " + meta.scenario;
        }
        if (sum.configuration != meta.configuration) {
            sum.configuration += "\n" + meta.configuration;
        }
        AddNew(sum.machines, meta.machines);
        AddNew(sum.commandLines, meta.commandLines);
    }

    void AddStages(const RunReport& report) {
        for (RunStage stage : report.stages) {
            stage.from += OffsetOf(report);
            stage.to += OffsetOf(report);
            const auto found =
                std::find_if(merged_.stages.begin(), merged_.stages.end(), [&](const RunStage& s) { return s.name == stage.name; });
            if (found == merged_.stages.end()) {
                merged_.stages.push_back(stage);
            } else {
                found->from = std::min(found->from, stage.from);
                found->to = std::max(found->to, stage.to);
            }
        }
    }

    void AddSamples(const RunReport& report) {
        std::map<std::int64_t, RunSample> own;  // a process takes more than one sample in a second where its stages meet
        for (const RunSample& sample : report.samples) {
            if (!(std::abs(sample.t) < kLongestSeconds)) {
                continue;
            }
            const std::int64_t second = std::llround(sample.t + OffsetOf(report));
            const auto [at, isNew] = own.try_emplace(second, sample);
            if (!isNew) {
                AddAfter(at->second, sample);
            }
        }
        for (auto& [second, sample] : own) {
            sample.t = static_cast<double>(second);
            const auto [at, isNew] = seconds_.try_emplace(second, sample);
            if (!isNew) {
                AddBeside(at->second, sample);
            }
        }
    }

    void AddTotals(const RunTotals& totals) {
        RunTotals& sum = merged_.totals;
        sum.seconds = std::max(sum.seconds, totals.seconds);
        sum.connects += totals.connects;
        sum.connectsFailed += totals.connectsFailed;
        sum.packetsIn += totals.packetsIn;
        sum.packetsOut += totals.packetsOut;
        sum.bytesIn += totals.bytesIn;
        sum.bytesOut += totals.bytesOut;
        sum.sent += totals.sent;
        sum.expected += totals.expected;
        sum.received += totals.received;
        sum.lost += totals.lost;
        sum.lateSends += totals.lateSends;
        sum.cpuSeconds += totals.cpuSeconds;
        sum.peakConnected = std::max(sum.peakConnected, totals.peakConnected);
        AddCounts(sum.errors, totals.errors);
        AddCounts(sum.disconnects, totals.disconnects);
    }

    void AddLatencies(const RunReport& report) {
        for (const KindTotals& kind : report.latency) {
            KindTotals& sum = Named(merged_.latency, kind.name);
            sum.response.Add(kind.response);
            sum.service.Add(kind.service);
        }
    }

    void AddGenerator(const GeneratorState& generator) {
        GeneratorState& sum = merged_.generator;
        if (generator.saturated) {
            sum.saturated = true;
            sum.reason += (sum.reason.empty() ? "" : "; ") + generator.reason;
        }
        sum.peakCpuPercent = std::max(sum.peakCpuPercent, generator.peakCpuPercent);
        sum.worstLatenessUs = std::max(sum.worstLatenessUs, generator.worstLatenessUs);
    }

    void FinishSamples() {
        for (auto& [second, sample] : seconds_) {
            merged_.totals.peakConnected = std::max(merged_.totals.peakConnected, sample.connected);
            merged_.samples.push_back(std::move(sample));
        }
    }

    const std::span<const RunReport> reports_;
    std::int64_t begin_ = 0;
    std::map<std::int64_t, RunSample> seconds_;
    RunReport merged_;
};

}  // namespace

MergeResult Merge(std::span<const RunReport> reports) {
    Merger merger(reports);
    if (std::string problem = merger.Problem(); !problem.empty()) {
        return {.report = std::nullopt, .problem = std::move(problem)};
    }
    return {.report = merger.Merged(), .problem = {}};
}

}  // namespace loadtest
