#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "DummyClient/Report/RunReport.h"

namespace loadtest {

// Bots of one kind.
struct DashboardGroup {
    std::string name{};
    std::uint64_t wanted = 0;
    std::uint64_t online = 0;
    std::uint64_t connecting = 0;
};

// What a dashboard shows of a run besides its last sample: plain values, filled in by the run. As in RunReport, no text in here may be
// trusted to be harmless. Times are seconds, latencies microseconds.
struct DashboardState {
    std::string scenario{};
    std::string target{};
    std::string stage{};
    double elapsed = 0;
    std::optional<double> remaining{};  // of the whole run; nullopt: until somebody ends it
    bool paused = false;
    bool showsHelp = false;

    std::uint64_t botsWanted = 0;
    std::vector<DashboardGroup> groups{};       // not shown when there is only one
    std::uint64_t connectsFailed = 0;           // in all
    Counts errors{};                            // in all, by reason
    std::vector<double> p99History{};           // of the last samples, oldest first
    std::vector<ThresholdResult> thresholds{};  // as they stand now
    std::map<std::string, double> server{};     // the figures it exported last
};

}  // namespace loadtest
