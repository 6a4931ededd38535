#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "DummyClient/Kit/Behaviour.h"
#include "DummyClient/Kit/LeaveOrder.h"
#include "DummyClient/Kit/Population.h"
#include "DummyClient/Scenario/SendSchedule.h"
#include "DummyClient/World/Crowd.h"
#include "DummyClient/World/Settlement.h"
#include "DummyClient/World/WorldBot.h"
#include "DummyClient/World/WorldOptions.h"
#include "DummyClient/World/WorldResult.h"

namespace loadtest {

// Players who walk and talk in the world and check everything that they see and hear, each by itself, and at the end side by side.
// Owner: LoadRun.  Threads: as Population.
class WorldPopulation final : public Population {
public:
    WorldPopulation(const PopulationPlan& plan, const WorldOptions& options);
    ~WorldPopulation() override;

    [[nodiscard]] bool Join() override;
    void Leave() override;
    void BeginPlay(servercore::TimePoint now) override;
    void EndPlay() override;
    void Pause() override { isPlaying_ = false; }
    void Resume(servercore::Duration paused) override;
    void Turn(servercore::TimePoint now) override;
    [[nodiscard]] PopulationState Look() const override { return crowd_.Look(); }
    [[nodiscard]] Counts Errors() const override;
    [[nodiscard]] bool HaveAllArrived() override;
    void Settle() override;
    void LeaveAll() override;
    [[nodiscard]] PopulationResult Finish() override;

    // Once all have gone.
    [[nodiscard]] WorldResult Result() const;

private:
    // A bot that is told to leave first waits for what it is owed.
    struct Leaving {
        std::size_t bot = 0;
        servercore::TimePoint deadline;
    };

    void TakePartInPlay(std::size_t bot, servercore::TimePoint now);
    void NoLongerPlay(std::size_t bot);
    void SendNext(const SendSchedule::Due& due);
    void LetLeave(servercore::TimePoint now);

    const WorldOptions options_;
    const std::size_t planned_;  // bots
    const servercore::Clock& clock_;
    Crowd crowd_;
    std::vector<std::unique_ptr<WorldBot>> bots_;
    std::size_t joined_ = 0;
    LeaveOrder leaveOrder_;
    std::deque<Leaving> leaving_;

    bool isPlaying_ = false;
    SendSchedule pings_;
    SendSchedule messages_;
    std::optional<SendSchedule> switches_;
    std::optional<SendSchedule> reconnects_;

    bool didAllStay_ = true;
    std::optional<Settlement> settled_;
    SightErrors sightAtEnd_;
};

}  // namespace loadtest
