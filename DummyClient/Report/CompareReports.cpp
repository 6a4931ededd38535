#include "DummyClient/Report/CompareReports.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "DummyClient/Report/Figures.h"
#include "DummyClient/Report/ThresholdSubjects.h"
#include "DummyClient/Report/Utf8.h"

namespace loadtest {

namespace {

constexpr std::size_t kStretches = 8;

enum class Good { Low, High, Neither };

// A figure of one sample; nothing when the sample does not have it.
using ReadSample = std::function<std::optional<double>(const RunSample&)>;

// The squared standard error of the mean, from the means of stretches; nothing for fewer than two samples per stretch.
std::optional<double> VarianceOfMean(const RunReport& report, const ReadSample& read) {
    std::vector<double> values;
    for (const RunSample& sample : report.samples) {
        if (const std::optional<double> value = sample.measured ? read(sample) : std::nullopt) {
            values.push_back(*value);
        }
    }
    if (values.size() < 2 * kStretches) {
        return std::nullopt;
    }
    double sum = 0;
    double sumOfSquares = 0;
    for (std::size_t stretch = 0; stretch < kStretches; ++stretch) {
        const std::size_t from = values.size() * stretch / kStretches;
        const std::size_t to = values.size() * (stretch + 1) / kStretches;
        double mean = 0;
        for (std::size_t i = from; i < to; ++i) {
            mean += values[i] / static_cast<double>(to - from);
        }
        sum += mean;
        sumOfSquares += mean * mean;
    }
    constexpr double kCount = kStretches;
    return std::max(0.0, (sumOfSquares - sum * sum / kCount) / (kCount - 1)) / kCount;
}

FigureVerdict Judged(double change, std::optional<double> noise, Good good) {
    if (change == 0) {
        return FigureVerdict::Same;
    }
    if (!noise) {
        return FigureVerdict::Unknown;
    }
    if (std::abs(change) <= *noise) {
        return FigureVerdict::WithinNoise;
    }
    if (good == Good::Neither) {
        return FigureVerdict::Changed;
    }
    return (change < 0) == (good == Good::Low) ? FigureVerdict::Better : FigureVerdict::Worse;
}

std::optional<double> PercentOf(double part, double whole) {
    return whole == 0 ? std::nullopt : std::optional(part / whole * 100);
}

class Comparer {
public:
    Comparer(const RunReport& a, const RunReport& b) : a_(a), b_(b) {}

    // A figure that repeats itself in the samples.
    void Add(const char* group, const char* name, FigureUnit unit, Good good, double a, double b, const ReadSample& read) {
        ComparedFigure figure{.group = group, .name = name, .unit = unit, .a = a, .b = b};
        const std::optional<double> varianceA = VarianceOfMean(a_, read);
        const std::optional<double> varianceB = VarianceOfMean(b_, read);
        std::optional<double> noise;
        if (varianceA && varianceB) {
            noise = 2 * std::sqrt(*varianceA + *varianceB);
            figure.noisePercent = PercentOf(*noise, a);
        }
        Finish(std::move(figure), noise, good);
    }

    // A count of things that should not happen: any difference is one.
    void AddExact(const char* group, const char* name, std::uint64_t a, std::uint64_t b) {
        Finish({.group = group, .name = name, .unit = FigureUnit::Number, .a = static_cast<double>(a), .b = static_cast<double>(b)}, 0,
               Good::Low);
    }

    // Of the whole runs, per second.
    void AddRate(const char* name, FigureUnit unit, Good good, std::uint64_t RunTotals::*total, std::uint64_t RunSample::*field) {
        const auto rate = [&](const RunReport& report) {
            return report.totals.seconds > 0 ? static_cast<double>(report.totals.*total) / report.totals.seconds : 0;
        };
        Add("traffic", name, unit, good, rate(a_), rate(b_), [field](const RunSample& sample) {
            return sample.width > 0 ? std::optional(static_cast<double>(sample.*field) / sample.width) : std::nullopt;
        });
    }

    void AddLatency(const KindTotals& a, const KindTotals& b) {
        const std::string group = "latency " + a.name;
        const LatencyFigures figuresA = a.response.Figures();
        const LatencyFigures figuresB = b.response.Figures();
        const auto add = [&](const char* name, std::int64_t LatencyFigures::*field) {
            Add(group.c_str(), name, FigureUnit::Microseconds, Good::Low, static_cast<double>(figuresA.*field),
                static_cast<double>(figuresB.*field), [&](const RunSample& sample) -> std::optional<double> {
                    const auto kind = sample.latency.find(a.name);
                    const bool has = kind != sample.latency.end() && kind->second.response.count > 0;
                    return has ? std::optional(static_cast<double>(kind->second.response.*field)) : std::nullopt;
                });
        };
        add("p50", &LatencyFigures::p50);
        add("p90", &LatencyFigures::p90);
        add("p99", &LatencyFigures::p99);
        add("p99.9", &LatencyFigures::p999);
        add("max", &LatencyFigures::max);
    }

    [[nodiscard]] std::vector<ComparedFigure> Take() { return std::move(figures_); }

private:
    void Finish(ComparedFigure figure, std::optional<double> noise, Good good) {
        figure.changePercent = PercentOf(figure.b - figure.a, figure.a);
        figure.verdict = Judged(figure.b - figure.a, noise, good);
        figures_.push_back(std::move(figure));
    }

    const RunReport& a_;
    const RunReport& b_;
    std::vector<ComparedFigure> figures_;
};

double CpuPercent(const RunReport& report) {
    return report.totals.seconds > 0 ? report.totals.cpuSeconds / report.totals.seconds * 100 : 0;
}

std::uint64_t FailedChecks(const RunReport& report) {
    std::uint64_t failed = 0;
    for (const RunCheck& check : report.checks) {
        failed += check.failed;
    }
    return failed;
}

}  // namespace

std::vector<ComparedFigure> Compare(const RunReport& a, const RunReport& b) {
    Comparer comparer(a, b);
    for (const KindTotals& kind : a.latency) {
        const auto other = std::find_if(b.latency.begin(), b.latency.end(), [&](const KindTotals& k) { return k.name == kind.name; });
        if (other != b.latency.end() && kind.response.Count() > 0 && other->response.Count() > 0) {
            comparer.AddLatency(kind, *other);
        }
    }
    comparer.AddRate("received", FigureUnit::PerSecond, Good::High, &RunTotals::received, &RunSample::received);
    comparer.AddRate("sent", FigureUnit::PerSecond, Good::Neither, &RunTotals::sent, &RunSample::sent);
    comparer.AddRate("bytes in", FigureUnit::BytesPerSecond, Good::Neither, &RunTotals::bytesIn, &RunSample::bytesIn);
    comparer.AddRate("bytes out", FigureUnit::BytesPerSecond, Good::Neither, &RunTotals::bytesOut, &RunSample::bytesOut);
    comparer.Add("traffic", "connections", FigureUnit::Number, Good::Neither, static_cast<double>(a.totals.peakConnected),
                 static_cast<double>(b.totals.peakConnected),
                 [](const RunSample& sample) { return static_cast<double>(sample.connected); });
    comparer.Add("generator", "processor", FigureUnit::Percent, Good::Low, CpuPercent(a), CpuPercent(b),
                 [](const RunSample& sample) { return sample.cpuPercent; });
    comparer.AddExact("generator", "late sends", a.totals.lateSends, b.totals.lateSends);
    comparer.AddExact("problems", "failed connects", a.totals.connectsFailed, b.totals.connectsFailed);
    comparer.AddExact("problems", "lost", a.totals.lost, b.totals.lost);
    comparer.AddExact("problems", "errors", SumOf(a.totals.errors), SumOf(b.totals.errors));
    comparer.AddExact("problems", "failed checks", FailedChecks(a), FailedChecks(b));
    return comparer.Take();
}

const char* ToString(FigureVerdict verdict) noexcept {
    switch (verdict) {
        case FigureVerdict::Same: return "same";
        case FigureVerdict::WithinNoise: return "within noise";
        case FigureVerdict::Better: return "better";
        case FigureVerdict::Worse: return "worse";
        case FigureVerdict::Changed: return "changed";
        case FigureVerdict::Unknown: return "too short to say";
    }
    return "?";
}

std::string ShowFigure(double value, FigureUnit unit) {
    switch (unit) {
        case FigureUnit::Number: return ShowNumber(value);
        case FigureUnit::PerSecond: return ShowNumber(value) + "/s";
        case FigureUnit::BytesPerSecond: return ShowBytes(value) + "/s";
        case FigureUnit::Microseconds: return ShowMicroseconds(value);
        case FigureUnit::Percent: return fmt::format("{:.1f}%", value);
    }
    return {};
}

std::string ToTable(const std::vector<ComparedFigure>& figures) {
    const auto percent = [](const char* sign, std::optional<double> value) {
        return value ? fmt::format(fmt::runtime(sign), *value) : std::string("-");
    };
    std::string text = fmt::format("{:<32} {:>14} {:>14} {:>9} {:>9}  {}\n", "figure", "A", "B", "change", "noise", "verdict");
    for (const ComparedFigure& figure : figures) {
        fmt::format_to(std::back_inserter(text), "{:<32} {:>14} {:>14} {:>9} {:>9}  {}\n", ValidUtf8(figure.group + " " + figure.name),
                       ShowFigure(figure.a, figure.unit), ShowFigure(figure.b, figure.unit), percent("{:+.1f}%", figure.changePercent),
                       percent("{:.1f}%", figure.noisePercent), ToString(figure.verdict));
    }
    return text;
}

}  // namespace loadtest
