#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "DummyClient/Kit/Connector.h"
#include "DummyClient/Kit/Population.h"
#include "DummyClient/Kit/RunBoard.h"
#include "DummyClient/Scenario/BehaviourInfo.h"
#include "DummyClient/Scenario/Scenario.h"
#include "ServerCore/Base/Clock.h"

namespace loadtest {

// What a population is made of.
struct PopulationPlan {
    GroupPlan group;
    std::uint64_t seed = 1;
    std::size_t joins = 0;  // that it has to have places for
    std::string tag;        // tells the names of this run from those of others
    std::size_t workers = 1;

    RunBoard& board;
    Connector& connector;
    const servercore::Clock& clock;
};

// A way to play that scenarios can name.
struct Behaviour {
    BehaviourInfo info;
    std::vector<std::string> kinds;  // of the latencies that its bots record
    std::function<std::unique_ptr<Population>(const PopulationPlan&)> make;
    // What is wrong with a group's options, beyond their kinds; empty: nothing. May be empty itself.
    std::function<std::string(const Scenario& scenario, const GroupPlan& group)> findMistake = {};
};

}  // namespace loadtest
