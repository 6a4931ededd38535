#include "DummyClient/Console/Dashboard.h"

#include <utility>
#include <vector>

#include "DummyClient/Console/DashboardPanels.h"

namespace loadtest {

std::string DrawDashboard(const RunSample& sample, const DashboardState& state, const FrameSpace& space) {
    // What goes first when there are too few rows: empty lines, the server's figures, the history, ...
    const std::vector<std::vector<FrameSection>> blocks = {
        {DrawTitle(state, space), DrawProgress(state, space)},
        {DrawBots(sample, state, space), DrawGroups(state, space), DrawTraffic(sample, space), DrawSchedule(sample, space)},
        {DrawLatencies(sample, space), DrawHistory(state, space)},
        {DrawErrors(state, space), DrawThresholds(state, space), DrawServer(state, space)},
        {DrawHelp(state, space), DrawKeys(space)},
    };
    std::vector<FrameSection> sections;
    for (const std::vector<FrameSection>& block : blocks) {
        bool isEmpty = true;
        for (const FrameSection& section : block) {
            isEmpty = isEmpty && section.lines.empty();
        }
        if (!sections.empty() && !isEmpty) {
            sections.push_back({.importance = 0, .lines = {FrameLine(space)}});
        }
        sections.insert(sections.end(), block.begin(), block.end());
    }
    return ToFrame(std::move(sections), space);
}

}  // namespace loadtest
