#include "DummyClient/Report/CompareReports.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <iterator>
#include <numeric>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "DummyClient/Report/Figures.h"
#include "DummyClient/Report/ThresholdSubjects.h"
#include "DummyClient/Report/Utf8.h"

namespace loadtest {

namespace {

constexpr std::size_t kStretches = 8;
constexpr double kStudent = 2.36;  // for 95 % with as many stretches

enum class Good { Low, High, Neither };

// A stretch of a run: its measured samples, one after the other.
using Stretch = std::span<const RunSample* const>;
// A figure of a stretch; nothing when the stretch does not have it.
using ReadStretch = std::function<std::optional<double>(Stretch)>;

// The figures of the stretches of a run; nothing when one does not have it, or is shorter than two samples.
std::optional<std::vector<double>> FiguresOfStretches(const RunReport& report, const ReadStretch& read) {
    std::vector<const RunSample*> samples;
    for (const RunSample& sample : report.samples) {
        if (sample.measured) {
            samples.push_back(&sample);
        }
    }
    if (samples.size() < 2 * kStretches) {
        return std::nullopt;
    }
    std::vector<double> figures;
    for (std::size_t i = 0; i < kStretches; ++i) {
        const std::size_t from = samples.size() * i / kStretches;
        const std::size_t to = samples.size() * (i + 1) / kStretches;
        const std::optional<double> figure = read(Stretch(samples).subspan(from, to - from));
        if (!figure) {
            return std::nullopt;
        }
        figures.push_back(*figure);
    }
    return figures;
}

double StandardDeviation(const std::vector<double>& values) {
    const auto count = static_cast<double>(values.size());
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
    double squares = 0;
    for (const double value : values) {
        squares += (value - mean) * (value - mean);
    }
    return std::sqrt(squares / (count - 1));
}

bool AllPositive(const std::vector<double>& values) {
    return std::all_of(values.begin(), values.end(), [](double value) { return value > 0; });
}

// How far the change from a to b may be off: the spread of the changes from stretch to stretch. Both runs follow the same load, so a ramp
// in both of them is no noise; nor is, measured as a ratio, a change that grows with the load.
std::optional<double> NoiseOfChange(const std::optional<std::vector<double>>& a, const std::optional<std::vector<double>>& b, double figure,
                                    bool averagesOut) {
    if (!a || !b) {
        return std::nullopt;
    }
    const bool asRatio = AllPositive(*a) && AllPositive(*b);
    std::vector<double> changes;
    for (std::size_t i = 0; i < kStretches; ++i) {
        changes.push_back(asRatio ? std::log((*b)[i] / (*a)[i]) : (*b)[i] - (*a)[i]);
    }
    const double spread = StandardDeviation(changes) * (asRatio ? figure : 1);
    return kStudent * (averagesOut ? spread / std::sqrt(static_cast<double>(kStretches)) : spread);
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

template <class Read>
std::optional<double> MeanOf(Stretch stretch, const Read& read) {
    double sum = 0;
    for (const RunSample* sample : stretch) {
        sum += read(*sample);
    }
    return sum / static_cast<double>(stretch.size());
}

// A figure of all responses of that kind within the stretch; nothing when there was none.
std::optional<double> LatencyOf(Stretch stretch, const std::string& kind, std::int64_t LatencyFigures::*field) {
    LatencyBuckets buckets;
    std::int64_t longest = 0;
    for (const RunSample* sample : stretch) {
        if (const auto found = sample->latency.find(kind); found != sample->latency.end()) {
            longest = std::max(longest, found->second.response.max);
            for (const auto& [bucket, count] : found->second.buckets) {
                buckets[bucket] += count;
            }
        }
    }
    const LatencyFigures figures = FiguresOf(buckets, longest);
    return figures.count > 0 ? std::optional(static_cast<double>(figures.*field)) : std::nullopt;
}

std::optional<double> PercentOf(double part, double whole) {
    return whole == 0 ? std::nullopt : std::optional(part / whole * 100);
}

class Comparer {
public:
    Comparer(const RunReport& a, const RunReport& b) : a_(a), b_(b) {}

    // A figure that each stretch of a run has, too. `averagesOut`: a longer run knows it better (not so the longest of all latencies).
    void Add(const std::string& group, const char* name, FigureUnit unit, Good good, double a, double b, const ReadStretch& read,
             bool averagesOut = true) {
        ComparedFigure figure{.group = group, .name = name, .unit = unit, .a = a, .b = b};
        const std::optional<double> noise = NoiseOfChange(FiguresOfStretches(a_, read), FiguresOfStretches(b_, read), a, averagesOut);
        if (noise) {
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
        Add("traffic", name, unit, good, rate(a_), rate(b_), [field](Stretch stretch) {
            return MeanOf(stretch, [field](const RunSample& s) { return s.width > 0 ? static_cast<double>(s.*field) / s.width : 0; });
        });
    }

    void AddLatency(const KindTotals& a, const KindTotals& b) {
        const std::string group = "latency " + a.name;
        const LatencyFigures figuresA = a.response.Figures();
        const LatencyFigures figuresB = b.response.Figures();
        const auto add = [&](const char* name, std::int64_t LatencyFigures::*field) {
            const auto read = [&](Stretch stretch) { return LatencyOf(stretch, a.name, field); };
            Add(group, name, FigureUnit::Microseconds, Good::Low, static_cast<double>(figuresA.*field),
                static_cast<double>(figuresB.*field), read, field != &LatencyFigures::max);
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
                 [](Stretch stretch) { return MeanOf(stretch, [](const RunSample& s) { return static_cast<double>(s.connected); }); });
    comparer.Add("generator", "processor", FigureUnit::Percent, Good::Low, CpuPercent(a), CpuPercent(b),
                 [](Stretch stretch) { return MeanOf(stretch, [](const RunSample& s) { return s.cpuPercent; }); });
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
