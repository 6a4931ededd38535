#pragma once

#include <optional>
#include <span>
#include <string>

#include "DummyClient/Report/RunReport.h"

namespace loadtest {

struct MergeResult {
    std::optional<RunReport> report;
    std::string problem;  // why these reports do not belong together
};

// One report of several processes that tested one server at the same time: samples are aligned by the second that the clocks of their
// machines showed, totals and histograms are summed. Peaks are those of the sum. Thresholds are not judged: JudgeRun does that.
[[nodiscard]] MergeResult Merge(std::span<const RunReport> reports);

}  // namespace loadtest
