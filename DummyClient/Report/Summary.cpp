#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string_view>

#include <fmt/format.h>

#include "DummyClient/Report/Figures.h"
#include "DummyClient/Report/ReportText.h"
#include "DummyClient/Report/Threshold.h"

namespace loadtest {

namespace {

// A name from elsewhere, without what would move a terminal's cursor.
std::string Printable(std::string text) {
    for (char& character : text) {
        if (static_cast<unsigned char>(character) < 0x20 || character == 0x7F) {
            character = '?';
        }
    }
    return text;
}

class Lines {
public:
    void Row(std::string_view name, std::string_view value) {
        fmt::format_to(std::back_inserter(text_), "  {:<16} {}\n", Printable(std::string(name)), Printable(std::string(value)));
    }
    [[nodiscard]] const std::string& Text() const noexcept { return text_; }

private:
    std::string text_;
};

std::string Shown(const Histogram& times) {
    if (times.Count() == 0) {
        return "nothing was measured";
    }
    const LatencyFigures figures = times.Figures();
    const auto show = [](std::int64_t us) { return ShowMicroseconds(static_cast<double>(us)); };
    return fmt::format("p50 {}  p90 {}  p99 {}  p99.9 {}  max {}  n {}", show(figures.p50), show(figures.p90), show(figures.p99),
                       show(figures.p999), show(figures.max), ShowNumber(static_cast<double>(figures.count)));
}

std::string Shown(const Counts& counts) {
    std::string text;
    for (const auto& [reason, count] : counts) {
        fmt::format_to(std::back_inserter(text), "{}{} {}", text.empty() ? "" : ", ", reason, count);
    }
    return text;
}

std::string Verdict(const RunReport& report) {
    if (report.generator.saturated) {
        return "INVALID: generator saturated: " + report.generator.reason;
    }
    switch (report.exitCode) {
        case kRunPassed: return "PASSED";
        case kThresholdFailed: return "FAILED: a threshold is not met";
        default: return "FAILED: see the checks";
    }
}

// What a packet costs the load tester says how far one machine reaches.
std::string OwnCpu(const RunTotals& totals) {
    const auto packets = static_cast<double>(totals.packetsIn + totals.packetsOut);
    const double percent = totals.seconds > 0 ? 100 * totals.cpuSeconds / totals.seconds : 0;
    const std::string each = packets > 0 ? fmt::format("{:.2f} us per packet, ", 1e6 * totals.cpuSeconds / packets) : "";
    return fmt::format("{}{:.0f}% of one processor", each, percent);
}

}  // namespace

std::string ToSummary(const RunReport& report) {
    const RunTotals& totals = report.totals;
    const auto perSecond = [&](std::uint64_t count) { return totals.seconds > 0 ? static_cast<double>(count) / totals.seconds : 0; };
    const auto both = [&](std::uint64_t count) {
        return fmt::format("{} ({}/s)", ShowNumber(static_cast<double>(count)), ShowNumber(perSecond(count)));
    };
    Lines lines;
    lines.Row("connections", fmt::format("{} at most, {} of {} failed", totals.peakConnected, totals.connectsFailed, totals.connects));
    lines.Row("sent", both(totals.sent));
    lines.Row("received",
              fmt::format("{} of {}, {} lost", both(totals.received), ShowNumber(static_cast<double>(totals.expected)), totals.lost));
    lines.Row("late sends", fmt::format("{}", totals.lateSends));
    lines.Row("bytes", fmt::format("{}/s in, {}/s out", ShowBytes(perSecond(totals.bytesIn)), ShowBytes(perSecond(totals.bytesOut))));
    for (const KindTotals& kind : report.latency) {
        lines.Row(kind.name, Shown(kind.response));
        lines.Row("  when sent", Shown(kind.service));
    }
    if (!totals.errors.empty()) {
        lines.Row("errors", Shown(totals.errors));
    }
    if (!totals.disconnects.empty()) {
        lines.Row("disconnects", Shown(totals.disconnects));
    }
    lines.Row("own CPU", OwnCpu(totals));
    const auto passed = std::ranges::count_if(report.checks, [](const RunCheck& check) { return check.failed == 0; });
    lines.Row("checks ok", fmt::format("{} of {}", passed, report.checks.size()));
    for (const RunCheck& check : report.checks) {
        if (check.failed > 0) {
            lines.Row("check FAILED", fmt::format("{}: {} passed, {} failed", check.name, check.passed, check.failed));
        }
    }
    for (const ThresholdResult& threshold : report.thresholds) {
        lines.Row(threshold.passed ? "threshold ok" : "threshold FAILED", fmt::format("{}: {}", threshold.text, threshold.found));
    }
    return "result\n" + lines.Text() + Printable(Verdict(report)) + "\n";
}

}  // namespace loadtest
