#include "DummyClient/World/Crowd.h"

#include <utility>

namespace loadtest {

Crowd::Crowd(std::size_t bots, std::size_t spokenTo, std::string tag, std::uint64_t walkSeed, ZoneChoice choice, RunBoard& runBoard,
             Connector& runConnector)
    : talkers(spokenTo),
      seed(walkSeed),
      zones(choice),
      names(std::move(tag)),
      board(runBoard),
      connector(runConnector),
      records(bots),
      players(bots) {}

PopulationState Crowd::Look() const noexcept {
    PopulationState state;
    for (const BotRecord& record : records) {
        const BotStage stage = record.stage.load();
        state.joined += stage != BotStage::Waiting ? 1U : 0U;
        state.online += stage == BotStage::InZone || stage == BotStage::Entering || stage == BotStage::Resuming ? 1U : 0U;
        state.connecting += stage == BotStage::Connecting || stage == BotStage::Connected ? 1U : 0U;
        state.finished += stage == BotStage::Left ? 1U : 0U;
        state.deliveries += record.deliveries.load(std::memory_order_relaxed);
        state.errors += record.errors.load(std::memory_order_relaxed);
        state.traffic += record.traffic.Counts();
    }
    return state;
}

}  // namespace loadtest
