#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "DummyClient/Report/RunReport.h"

namespace loadtest {

// A demand on a run: "p99<20ms", "chat.p99.9<=100ms", "chat.service.max<1s", "error_rate<0.1%", "connect_fail==0", "received>=1000/s".
//
// Latencies: [KIND.][response.|service.] and p50 (any percentile), min, mean or max; without a kind all kinds together. The rest: see
// ThresholdHelp. A demand on what was never measured is not met.
struct Threshold {
    enum class Comparison { Less, LessOrEqual, Greater, GreaterOrEqual, Equal, NotEqual };
    enum class Statistic { None, Percentile, Min, Mean, Max };  // None: no latency

    std::string text;
    std::string subject;  // a count, a share or "cpu"; for a latency its kind, empty for all kinds
    Statistic statistic = Statistic::None;
    double percentile = 0;
    bool service = false;
    bool perSecond = false;
    Comparison comparison = Comparison::Less;
    double limit = 0;  // microseconds, bytes, a share of 1, a percentage of cpu, or a number
};

struct ParseThresholdResult {
    std::optional<Threshold> threshold;
    std::string problem;  // what is wrong and what could be meant
};

// `kinds`: the latencies that the scenario measures; empty when that is not known yet.
[[nodiscard]] ParseThresholdResult ParseThreshold(std::string_view text, std::span<const std::string> kinds = {});

// For --help: what can be demanded, one line each.
[[nodiscard]] std::string ThresholdHelp();

[[nodiscard]] ThresholdResult Judge(const Threshold& threshold, const RunReport& report);

// Judges all of them into report.thresholds, and sets report.exitCode by ExitCodeOf.
void JudgeRun(std::span<const Threshold> thresholds, RunReport& report);

inline constexpr int kRunPassed = 0;
inline constexpr int kRunFailed = 1;  // a check failed or messages are lost, or the load tester was saturated: no result to trust
inline constexpr int kThresholdFailed = 99;

[[nodiscard]] int ExitCodeOf(const RunReport& report) noexcept;

}  // namespace loadtest
