#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "DummyClient/Kit/AbortWatch.h"
#include "DummyClient/Kit/Behaviour.h"
#include "DummyClient/Kit/Connector.h"
#include "DummyClient/Kit/Population.h"
#include "DummyClient/Kit/RunBoard.h"
#include "DummyClient/Kit/RunMeter.h"
#include "DummyClient/Report/RunReport.h"
#include "DummyClient/Report/Threshold.h"
#include "DummyClient/Scenario/Scenario.h"
#include "ServerCore/Base/Clock.h"
#include "ServerCore/Base/Log.h"
#include "ServerCore/Net/ClientService.h"
#include "ServerCore/Platform/Network.h"

namespace loadtest {

// What is to be done.
struct LoadPlan {
    Scenario scenario;
    std::vector<Behaviour> behaviours;            // those that the scenario names are among them
    std::size_t workers = 1;                      // 0: the thread of Run does the I/O too, between two pauses; for simulated networks
    std::vector<servercore::NetAddress> sources;  // addresses to connect from; none: the system chooses
    std::vector<Threshold> thresholds;            // to be shown as they stand
    bool abortOnFail = false;                     // one of them that cannot be met any more ends the play
    bool canAddBots = false;                      // the tester may ask for more than the scenario says
};

// One group of the scenario, for people.
struct GroupView {
    std::string name;
    std::uint64_t wanted = 0;
    PopulationState state;
};

// A run at one moment, for people.
struct RunView {
    std::string stage;
    servercore::Duration played{};  // of the time to play
    servercore::Duration toPlay{};  // warm-up included
    RunSample sample;               // the last second
    std::vector<GroupView> groups;
    Counts errors;  // in all, by reason
    std::uint64_t connectsFailed = 0;
    std::vector<ThresholdResult> thresholds;  // by what was measured so far
    bool isPaused = false;
};

// What the tester may want while it runs.
enum class RunWish : std::uint8_t { AddBots, RemoveBots, TogglePause, Finish };

// What a run needs of its surroundings.
struct LoadSurroundings {
    servercore::platform::Network& network;
    const servercore::Clock& clock;
    servercore::Logger& log;
    // Waits so long; true: the run is to end early. May be called again after that.
    std::function<bool(std::chrono::milliseconds)> pause;
    // Once a second, and whenever a wish was granted.
    std::function<void(const RunView&)> show;
    // The next wish, if there is one. May be empty.
    std::function<std::optional<RunWish>()> takeWish = {};
};

// One load test: the bots of the steady groups connect and enter; then everybody plays, and the bots of the other groups come and go as
// their shapes say; then all stand still until what was sent has arrived; then everybody leaves. Owner: main() or a test.  Threads: the
// owner's, which also paces the bots.
class LoadRun {
public:
    LoadRun(LoadPlan plan, const LoadSurroundings& surroundings);
    ~LoadRun();
    LoadRun(const LoadRun&) = delete;
    LoadRun& operator=(const LoadRun&) = delete;

    // Once. Fails when the server cannot be reached at any of the addresses, with why not.
    [[nodiscard]] std::error_code Run(const std::vector<servercore::NetAddress>& addresses);

    // After Run: what went wrong, for people; with how often.
    [[nodiscard]] Counts Problems() const { return board_.Problems(); }
    // After Run: the tables of the groups.
    [[nodiscard]] const std::string& Tables() const noexcept { return result_.table; }
    // After Run: bots that failed, and those that did not. Not among the checks of the report: whether it is a failure is the caller's.
    [[nodiscard]] RunCheck BotsEndAsTheyShould() const {
        return {.name = "bots end as they should", .passed = result_.botsPassed, .failed = result_.botsFailed};
    }
    // After Run, once: what was measured, the checks among it. The caller adds what it knows of program and machine (RunReport::meta), and
    // judges it.
    [[nodiscard]] RunReport TakeReport() { return meter_.Finish(result_); }

private:
    struct Group {
        GroupPlan plan;
        std::unique_ptr<Population> population;
        std::uint64_t joined = 0;
        std::uint64_t left = 0;
        std::uint64_t added = 0;  // by the tester's wish
        std::uint64_t removed = 0;
    };

    [[nodiscard]] std::error_code ReachServer(const std::vector<servercore::NetAddress>& addresses);
    void ConnectSteady();
    [[nodiscard]] bool HaveSteadyEntered() const;
    [[nodiscard]] std::size_t SteadyGone() const;
    void Play();
    void PlayUntil(servercore::Duration end);
    void Steer();
    void AwaitDeliveries();
    void LeaveAll();
    void Finish();

    // Does what is due in every phase, then waits a moment.
    void Breathe();
    // Looking at everybody takes a while.
    [[nodiscard]] bool IsTimeToLook();
    void Grant(RunWish wish);
    void SetPaused(bool isPaused);
    void BeginStage(const char* name, bool measured = false);
    void OnSample(const RunSample& sample);
    void Show();
    [[nodiscard]] PopulationState LookAtAll() const;
    [[nodiscard]] Counts ErrorsOfAll() const;
    [[nodiscard]] bool IsAnybodyLeft() const;
    [[nodiscard]] servercore::Duration Played() const noexcept;
    [[nodiscard]] servercore::TimePoint Now() const noexcept { return surroundings_.clock.Now(); }

    const LoadPlan plan_;
    const LoadSurroundings surroundings_;
    RunBoard board_;
    std::vector<Group> groups_;  // before the service, whose sessions refer to their bots
    servercore::ClientService service_;
    Connector connector_;
    RunMeter meter_;
    AbortWatch abortWatch_;

    std::string stage_;
    bool isInterrupted_ = false;
    bool isHopeless_ = false;  // a threshold has failed for good, and that was to end the run
    bool isFinished_ = false;  // by the tester's wish
    bool isDeserted_ = false;
    servercore::TimePoint nextLook_;
    std::optional<servercore::TimePoint> playStart_;
    std::optional<servercore::TimePoint> pausedAt_;
    servercore::Duration paused_{};  // before that
    RunSample lastSample_;
    std::vector<ThresholdResult> thresholds_;  // likewise
    PopulationResult result_;
};

}  // namespace loadtest
