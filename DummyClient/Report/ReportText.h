#pragma once

#include <string>

#include "DummyClient/Report/RunReport.h"

namespace loadtest {

// The time series: a header, then a line for each sample (RFC 4180). Kinds, reasons and the server's figures are columns of their own,
// whose names begin with what they are, so that no spreadsheet takes a hostile name for a formula.
[[nodiscard]] std::string ToCsv(const RunReport& report);

// For continuous integration: a test case for each threshold and check, and one for the load tester itself.
[[nodiscard]] std::string ToJUnit(const RunReport& report);

// The percentiles as HdrHistogram's own tools plot them, in milliseconds.
[[nodiscard]] std::string ToHgrm(const Histogram& histogram);

// For a terminal.
[[nodiscard]] std::string ToSummary(const RunReport& report);

}  // namespace loadtest
