#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "DummyClient/BotState.h"
#include "DummyClient/Crowd.h"
#include "DummyClient/LoadReport.h"
#include "DummyClient/Report/RunReport.h"
#include "ServerCore/Base/Clock.h"

namespace loadtest {

// Fills in a RunReport while the bots play: the stages, a sample each second, and how well the load tester itself keeps its schedule.
// Owner: LoadRun.  Threads: confined to its owner's.
class RunMeter {
public:
    // A message that is sent later than planned by more than this is late.
    static constexpr std::chrono::milliseconds kLateAfter{20};

    // All outlive it. `countAll`: what all bots did and found; asked only when there are new errors, for it takes a while.
    RunMeter(Crowd& crowd, const servercore::Clock& clock, std::function<BotCounts()> countAll);

    // Ends the stage before. `measured`: it counts in the totals; what went before the first that does was a warm-up.
    void BeginStage(std::string name, bool measured);
    // A message of the schedule has been sent, which should have been at `intended`.
    void OnSent(servercore::TimePoint intended);
    // The last second of the stage, once it is over. Precondition: there is a stage.
    [[nodiscard]] std::optional<RunSample> TakeDueSample();

    // Of the measured seconds so far; for thresholds.
    [[nodiscard]] RunReport SoFar() const;
    // Ends the last stage. The caller adds what it knows of program and machine (RunReport::meta), and judges. Once.
    [[nodiscard]] RunReport Finish(const LoadResult& result);

private:
    [[nodiscard]] RunSample TakeSample(servercore::TimePoint now);
    void TakeErrors(RunSample& sample, const CrowdState& state);
    void EndStage(servercore::TimePoint now);
    [[nodiscard]] double Seconds(servercore::TimePoint at) const;

    Crowd& crowd_;
    const servercore::Clock& clock_;
    const std::function<BotCounts()> countAll_;
    const servercore::TimePoint startedAt_;
    RunReport report_;

    std::uint64_t sent_ = 0;
    std::uint64_t lateSends_ = 0;
    std::int64_t worstLatenessUs_ = 0;
    Counts errors_;  // in all

    // At the last sample.
    servercore::TimePoint sampledAt_;
    servercore::TimePoint nextSample_;
    CrowdState before_;
    std::uint64_t failedBefore_ = 0;
    std::uint64_t disconnectsBefore_ = 0;
    servercore::Duration cpuBefore_;
};

}  // namespace loadtest
