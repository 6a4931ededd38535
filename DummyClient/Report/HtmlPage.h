#pragma once

#include <string>
#include <vector>

#include "DummyClient/Report/CompareReports.h"
#include "DummyClient/Report/RunReport.h"

namespace loadtest {

// One page that needs nothing but itself: charts, tables, the machine and the configuration. It draws at most as many samples as a screen
// can show; longer runs are thinned. What came from elsewhere is in it as data and becomes text, never markup.
[[nodiscard]] std::string ToHtml(const RunReport& report);

// Two runs, and what Compare found out about them. The names tell them apart: their files, usually.
[[nodiscard]] std::string ToHtml(const RunReport& a, const std::string& nameOfA, const RunReport& b, const std::string& nameOfB);

}  // namespace loadtest
