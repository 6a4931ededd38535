// Runs in a time of their own, with populations that only write down what they are told.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "DummyClient/Kit/LoadRun.h"
#include "DummyClient/Kit/Population.h"
#include "tests/Support/FakeClock.h"
#include "tests/Support/TestServices.h"

namespace loadtest::test {

// What a population was told, and how it is. Shared by the population, which the run owns, and the test.
struct Story {
    // Each moment of the run, by Population::Turn.
    struct Moment {
        servercore::TimePoint at;
        std::uint64_t joined = 0;
        std::uint64_t left = 0;
    };

    std::vector<std::string> told;  // but for joins, leaves and turns; "resume 250ms"
    std::vector<Moment> moments;
    std::optional<servercore::TimePoint> playStart;
    std::optional<servercore::TimePoint> playEnd;
    bool isMeasuring = false;  // as the board said at the last moment
    RunBoard* board = nullptr;

    // What the test sets.
    servercore::Duration entersAfter{};  // of its last join: until then the bots are on their way
    std::size_t places = 1'000'000;      // for bots
    bool haveAllArrived = true;
    std::function<void(PopulationState&)> onLook = {};  // changes what is seen
    PopulationResult result;

    [[nodiscard]] std::uint64_t Joined() const { return moments.empty() ? 0 : moments.back().joined; }
    [[nodiscard]] std::uint64_t Left() const { return moments.empty() ? 0 : moments.back().left; }
};

// One run. Set what it needs, then Play.
// Owner: a test.  Threads: confined to the test's.
class TestRun {
public:
    // Called at each moment of the run, after the populations; time is 1 ms later each time.
    std::function<void()> onMoment;
    bool isInterrupted = false;
    std::vector<RunWish> wishes;  // granted one by one
    std::vector<Threshold> thresholds;
    bool abortOnFail = false;
    bool canAddBots = false;

    Scenario scenario;
    servercore::test::FakeClock clock;
    std::vector<std::shared_ptr<Story>> stories;  // by group
    std::vector<RunView> views;
    // After Play.
    RunReport report;
    Counts problems;
    std::vector<RunCheck> checks;

    explicit TestRun(servercore::Duration play = std::chrono::seconds(10)) { scenario.duration = play; }

    Story& AddGroup(LoadShape shape, std::size_t bots);
    // The error of the run, which has nobody to connect to but its populations.
    std::error_code Play();

    [[nodiscard]] servercore::Duration SinceStart() const { return clock.Now() - kStart; }
    [[nodiscard]] const RunStage* FindStage(const std::string& name) const;
    // In seconds; 0 for one that there was not.
    [[nodiscard]] double LengthOf(const std::string& stage) const;

private:
    const servercore::TimePoint kStart = clock.Now();
    servercore::test::World world_;
};

}  // namespace loadtest::test
