#pragma once

#include "DummyClient/Console/DashboardState.h"
#include "DummyClient/Console/FrameText.h"
#include "DummyClient/Report/RunReport.h"

namespace loadtest {

// The parts of a dashboard, from the top to the bottom. One that has nothing to show has no lines.
[[nodiscard]] FrameSection DrawTitle(const DashboardState& state, const FrameSpace& space);
[[nodiscard]] FrameSection DrawProgress(const DashboardState& state, const FrameSpace& space);
[[nodiscard]] FrameSection DrawBots(const RunSample& sample, const DashboardState& state, const FrameSpace& space);
[[nodiscard]] FrameSection DrawGroups(const DashboardState& state, const FrameSpace& space);
[[nodiscard]] FrameSection DrawTraffic(const RunSample& sample, const FrameSpace& space);
[[nodiscard]] FrameSection DrawSchedule(const RunSample& sample, const FrameSpace& space);
[[nodiscard]] FrameSection DrawLatencies(const RunSample& sample, const FrameSpace& space);
[[nodiscard]] FrameSection DrawHistory(const DashboardState& state, const FrameSpace& space);
[[nodiscard]] FrameSection DrawErrors(const DashboardState& state, const FrameSpace& space);
[[nodiscard]] FrameSection DrawThresholds(const DashboardState& state, const FrameSpace& space);
[[nodiscard]] FrameSection DrawServer(const DashboardState& state, const FrameSpace& space);
[[nodiscard]] FrameSection DrawHelp(const DashboardState& state, const FrameSpace& space);
[[nodiscard]] FrameSection DrawKeys(const FrameSpace& space);

}  // namespace loadtest
