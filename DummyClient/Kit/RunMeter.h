#pragma once

#include <functional>
#include <optional>
#include <string>

#include "DummyClient/Kit/Population.h"
#include "DummyClient/Kit/RunBoard.h"
#include "DummyClient/Report/RunReport.h"
#include "ServerCore/Base/Clock.h"

namespace loadtest {

// What a meter asks of the run.
struct MeteredRun {
    std::function<PopulationState()> look;  // all populations
    std::function<Counts()> errors;         // by reason; asked only when there are new ones
};

// Fills in a RunReport while the bots play: the stages, a sample each second, and how well the load tester itself keeps its schedule.
// Owner: LoadRun.  Threads: confined to its owner's.
class RunMeter {
public:
    // All outlive it.
    RunMeter(RunBoard& board, const servercore::Clock& clock, MeteredRun run);

    // Ends the stage before. `measured`: it counts in the totals; what went before the first that does was a warm-up.
    void BeginStage(std::string name, bool measured);
    // The last second of the stage, once it is over. Precondition: there is a stage.
    [[nodiscard]] std::optional<RunSample> TakeDueSample();

    // Of the measured seconds so far; for thresholds.
    [[nodiscard]] RunReport SoFar() const;
    // Ends the last stage. The caller adds what it knows of program and machine (RunReport::meta), and judges. Once.
    [[nodiscard]] RunReport Finish(const PopulationResult& result);

private:
    [[nodiscard]] RunSample TakeSample(servercore::TimePoint now);
    void TakeErrors(RunSample& sample, const PopulationState& state);
    void EndStage(servercore::TimePoint now);
    [[nodiscard]] double Seconds(servercore::TimePoint at) const;

    RunBoard& board_;
    const servercore::Clock& clock_;
    const MeteredRun run_;
    const servercore::TimePoint startedAt_;
    RunReport report_;
    Counts errors_;  // in all

    // At the last sample.
    servercore::TimePoint sampledAt_;
    servercore::TimePoint nextSample_;
    PopulationState before_;
    SendCounts sendsBefore_;
    std::uint64_t failedBefore_ = 0;
    std::uint64_t disconnectsBefore_ = 0;
    servercore::Duration cpuBefore_;
};

}  // namespace loadtest
