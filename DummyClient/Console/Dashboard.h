#pragma once

#include <string>

#include "DummyClient/Console/DashboardState.h"
#include "DummyClient/Console/FrameText.h"
#include "DummyClient/Report/RunReport.h"

namespace loadtest {

// A run as it is now, as lines for Terminal::ShowFrame that fit the space. Made for 80x24 and more; in less, the least important lines and
// the ends of lines are left out. Without colours it contains no escape sequence, and never one that came from elsewhere.
// Threads: safe from any.
[[nodiscard]] std::string DrawDashboard(const RunSample& sample, const DashboardState& state, const FrameSpace& space);

}  // namespace loadtest
