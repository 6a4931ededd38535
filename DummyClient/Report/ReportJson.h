#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "DummyClient/Report/RunReport.h"

namespace loadtest {

// A report, or what is wrong with the text: where in it ("samples[3].latency.chat.response.p99_us") and what is expected there.
struct ReadReportResult {
    std::optional<RunReport> report;
    std::string problem;
};

// UTF-8; bytes that are none become U+FFFD, numbers that JSON cannot say become 0.
[[nodiscard]] std::string ToJson(const RunReport& report);

// Fields that it does not know are ignored and missing ones keep their defaults, so that versions of the tool can read each other's
// reports. `text` may come from anybody.
[[nodiscard]] ReadReportResult ParseReport(std::string_view text);

}  // namespace loadtest
