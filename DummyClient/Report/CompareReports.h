#pragma once

#include <optional>
#include <string>
#include <vector>

#include "DummyClient/Report/RunReport.h"

namespace loadtest {

enum class FigureUnit { Number, PerSecond, BytesPerSecond, Microseconds, Percent };

enum class FigureVerdict {
    Same,
    WithinNoise,  // the change itself moves as much in the course of the runs
    Better,
    Worse,
    Changed,  // neither is better: how much was asked for
    Unknown,  // too few seconds to know the noise
};

// One figure of two runs.
struct ComparedFigure {
    std::string group;  // "latency chat", "traffic", ...
    std::string name;
    FigureUnit unit = FigureUnit::Number;
    double a = 0;
    double b = 0;
    std::optional<double> changePercent{};  // from a to b; nothing when a is 0
    std::optional<double> noisePercent{};   // of a; nothing for figures that have none (counts of errors), and when it is not known
    FigureVerdict verdict = FigureVerdict::Unknown;
};

// Every figure that both runs have. Both are cut into eight stretches, and each stretch of one is compared with the same stretch of the
// other: the noise is how far the mean of these changes may be off (95 %). Within a stretch seconds may resemble their neighbours as they
// like. It knows nothing of what differs from run to run on a machine: a change that matters shows again in a repetition.
[[nodiscard]] std::vector<ComparedFigure> Compare(const RunReport& a, const RunReport& b);

[[nodiscard]] const char* ToString(FigureVerdict verdict) noexcept;
[[nodiscard]] std::string ShowFigure(double value, FigureUnit unit);

// For a terminal.
[[nodiscard]] std::string ToTable(const std::vector<ComparedFigure>& figures);

}  // namespace loadtest
