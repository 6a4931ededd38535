#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "DummyClient/Kit/Behaviour.h"
#include "DummyClient/Kit/BotPopulation.h"
#include "DummyClient/Kit/BotTask.h"

namespace loadtest {

// A behaviour whose bots are coroutines: `play` is what each of them does, from its first connect on. `kinds`: the latencies that it
// records with Answered.
template <class BotType>
[[nodiscard]] Behaviour MakeBehaviour(BehaviourInfo info, std::vector<std::string> kinds, BotTask (*play)(BotType& bot)) {
    const auto makeBot = [](BotContext context) -> std::unique_ptr<BotBase> { return std::make_unique<BotType>(std::move(context)); };
    const auto begin = [play](BotBase& bot) { return play(static_cast<BotType&>(bot)); };
    return {.info = std::move(info), .kinds = std::move(kinds), .make = [makeBot, begin](const PopulationPlan& plan) {
                return std::make_unique<BotPopulation>(plan, makeBot, begin);
            }};
}

}  // namespace loadtest
