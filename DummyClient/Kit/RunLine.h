#pragma once

#include <string>

#include "DummyClient/Kit/LoadRun.h"

namespace loadtest {

// A second of a run as one line without its end.
[[nodiscard]] std::string ToLine(const RunView& view);

}  // namespace loadtest
