#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "DummyClient/Report/Figures.h"
#include "DummyClient/Report/Threshold.h"
#include "DummyClient/Report/ThresholdSubjects.h"

namespace loadtest {

namespace {

bool Holds(double value, Threshold::Comparison comparison, double limit) {
    switch (comparison) {
        case Threshold::Comparison::Less: return value < limit;
        case Threshold::Comparison::LessOrEqual: return value <= limit;
        case Threshold::Comparison::Greater: return value > limit;
        case Threshold::Comparison::GreaterOrEqual: return value >= limit;
        case Threshold::Comparison::Equal: return value == limit;
        case Threshold::Comparison::NotEqual: return value != limit;
    }
    return false;
}

// A value and how to show it, or why there is none.
struct Finding {
    bool exists = false;
    double value = 0;
    std::string text;
};

Finding FindLatency(const Threshold& threshold, const RunReport& report) {
    Histogram times;
    bool known = threshold.subject.empty();
    for (const KindTotals& kind : report.latency) {
        if (threshold.subject.empty() || kind.name == threshold.subject) {
            known = true;
            times.Add(threshold.service ? kind.service : kind.response);
        }
    }
    if (!known) {
        return {.text = fmt::format("no latency of the kind '{}' was measured", threshold.subject)};
    }
    if (times.Count() == 0) {
        return {.text = "nothing was measured"};
    }
    double value = 0;
    switch (threshold.statistic) {
        case Threshold::Statistic::Min: value = static_cast<double>(times.MinUs()); break;
        case Threshold::Statistic::Mean: value = times.MeanUs(); break;
        case Threshold::Statistic::Max: value = static_cast<double>(times.MaxUs()); break;
        default: value = static_cast<double>(times.PercentileUs(threshold.percentile)); break;
    }
    return {.exists = true, .value = value, .text = ShowMicroseconds(value)};
}

Finding FindSubject(const Threshold& threshold, const RunReport& report) {
    const ThresholdSubject* subject = FindThresholdSubject(threshold.subject);
    std::optional<double> value = subject == nullptr ? std::nullopt : subject->read(report);
    if (value && threshold.perSecond) {
        value = report.totals.seconds > 0 ? std::optional(*value / report.totals.seconds) : std::nullopt;
    }
    if (!value) {
        return {.text = "nothing was measured"};
    }
    const char* rate = threshold.perSecond ? "/s" : "";
    switch (subject->unit) {
        case SubjectUnit::Count: return {.exists = true, .value = *value, .text = ShowNumber(*value) + rate};
        case SubjectUnit::Bytes: return {.exists = true, .value = *value, .text = ShowBytes(*value) + rate};
        case SubjectUnit::Share: return {.exists = true, .value = *value, .text = fmt::format("{:.4g}%", *value * 100)};
        case SubjectUnit::CpuPercent: return {.exists = true, .value = *value, .text = fmt::format("{:.1f}%", *value)};
    }
    return {};
}

}  // namespace

ThresholdResult Judge(const Threshold& threshold, const RunReport& report) {
    const Finding finding =
        threshold.statistic == Threshold::Statistic::None ? FindSubject(threshold, report) : FindLatency(threshold, report);
    return {.text = threshold.text,
            .passed = finding.exists && Holds(finding.value, threshold.comparison, threshold.limit),
            .found = finding.text};
}

void JudgeRun(std::span<const Threshold> thresholds, RunReport& report) {
    report.thresholds.clear();
    for (const Threshold& threshold : thresholds) {
        report.thresholds.push_back(Judge(threshold, report));
    }
    report.exitCode = ExitCodeOf(report);
}

int ExitCodeOf(const RunReport& report) noexcept {
    const bool checksPassed =
        std::all_of(report.checks.begin(), report.checks.end(), [](const RunCheck& check) { return check.failed == 0; });
    if (report.generator.saturated || report.totals.lost > 0 || !checksPassed) {
        return kRunFailed;
    }
    const bool met =
        std::all_of(report.thresholds.begin(), report.thresholds.end(), [](const ThresholdResult& threshold) { return threshold.passed; });
    return met ? kRunPassed : kThresholdFailed;
}

}  // namespace loadtest
