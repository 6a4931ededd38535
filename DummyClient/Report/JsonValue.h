#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "DummyClient/Report/RunReport.h"

namespace loadtest {

using JsonValue = nlohmann::ordered_json;

// Histogram: every cell of it, as the files have them; Summary: figures and a curve to draw, as the pages have them.
enum class HistogramsAs { Cells, Summary };

[[nodiscard]] JsonValue ToJsonValue(const RunReport& report, HistogramsAs histograms);

// The text of a value on one line; never throws for what is no UTF-8.
[[nodiscard]] std::string DumpJson(const JsonValue& value);

}  // namespace loadtest
