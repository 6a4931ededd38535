#include "DummyClient/Kit/GeneratorCheck.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "DummyClient/Kit/RunBoard.h"

namespace loadtest {

namespace {

// Of all processors, in percent: then nobody knows how long an answer lay there before it was read.
constexpr double kPinnedPercent = 95;

}  // namespace

void JudgeGenerator(RunReport& report, double maxLatePercent, unsigned processors) {
    const RunTotals& totals = report.totals;
    if (totals.sent > 0) {
        const double latePercent = 100 * static_cast<double>(totals.lateSends) / static_cast<double>(totals.sent);
        if (latePercent > maxLatePercent) {
            report.generator.saturated = true;
            report.generator.reason = fmt::format("{:.1f}% of the messages were sent more than {} late; use fewer bots, or more machines",
                                                  latePercent, RunBoard::kLateAfter);
        }
    }
    if (totals.seconds > 0 && processors > 0) {
        const double cpuPercent = 100 * totals.cpuSeconds / totals.seconds;
        if (cpuPercent > kPinnedPercent * processors) {
            report.generator.saturated = true;
            report.generator.reason =
                fmt::format("it used {:.0f}% of {} processors; use fewer bots, or more machines", cpuPercent / processors, processors);
        }
    }
}

}  // namespace loadtest
