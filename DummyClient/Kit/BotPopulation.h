#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "DummyClient/Kit/Behaviour.h"
#include "DummyClient/Kit/BotBase.h"
#include "DummyClient/Kit/BotTimers.h"
#include "DummyClient/Kit/LeaveOrder.h"
#include "DummyClient/Kit/OptionValues.h"
#include "DummyClient/Kit/Population.h"
#include "DummyClient/Scenario/SendSchedule.h"
#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Base/ThreadAnnotations.h"

namespace loadtest {

// Bots that are coroutines. One that is done gives its place to the next that joins.
// Owner: LoadRun.  Threads: as Population.
class BotPopulation final : public Population {
public:
    using MakeBot = std::function<std::unique_ptr<BotBase>(BotContext)>;

    BotPopulation(const PopulationPlan& plan, MakeBot makeBot, BotBase::Play play);
    ~BotPopulation() override;

    [[nodiscard]] bool Join() override;
    void Leave() override;
    void BeginPlay(servercore::TimePoint now) override;
    void EndPlay() override;
    void Pause() override { isPlaying_ = false; }
    void Resume(servercore::Duration paused) override;
    void Turn(servercore::TimePoint now) override;
    [[nodiscard]] PopulationState Look() const override;
    [[nodiscard]] Counts Errors() const override;
    [[nodiscard]] bool HaveAllArrived() override;
    void Settle() override {}
    void LeaveAll() override;
    [[nodiscard]] PopulationResult Finish() override;

private:
    // One that joined, as its bot and which of that bot's lives.
    struct Joined {
        std::size_t bot = 0;
        std::uint64_t life = 0;
    };

    [[nodiscard]] BotBase& PlaceForOne();
    void TakePartInPlay();

    const PopulationPlan plan_;
    const MakeBot makeBot_;
    const BotBase::Play play_;
    const OptionValues options_;
    BotTimers timers_;
    std::vector<std::unique_ptr<BotBase>> bots_;
    std::vector<std::uint64_t> begun_;  // by bot: how often
    std::deque<Joined> order_;
    LeaveOrder leaveOrder_;
    std::size_t joined_ = 0;
    std::size_t nextPlace_ = 0;       // where the search for one that is done goes on
    std::size_t finishedBefore_ = 0;  // who gave their places to others
    bool isPlaying_ = false;
    SendSchedule schedule_;

    servercore::Mutex mutex_;
    std::vector<std::size_t> wantTurns_ SC_GUARDED_BY(mutex_);  // and are not in the schedule yet
};

}  // namespace loadtest
