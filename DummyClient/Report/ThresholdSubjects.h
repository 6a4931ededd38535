#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "DummyClient/Report/RunReport.h"

namespace loadtest {

enum class SubjectUnit { Count, Bytes, Share, CpuPercent };

// What a threshold can demand of a run besides latencies.
struct ThresholdSubject {
    std::string_view name;
    SubjectUnit unit;
    std::string_view meaning;
    // Nothing: there is nothing to judge.
    std::optional<double> (*read)(const RunReport& report);
};

[[nodiscard]] std::span<const ThresholdSubject> ThresholdSubjects() noexcept;
// nullptr: none has that name.
[[nodiscard]] const ThresholdSubject* FindThresholdSubject(std::string_view name) noexcept;

[[nodiscard]] std::uint64_t SumOf(const Counts& counts) noexcept;

}  // namespace loadtest
