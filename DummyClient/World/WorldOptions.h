#pragma once

#include <string>

#include "DummyClient/Kit/Behaviour.h"
#include "DummyClient/World/Crowd.h"

namespace loadtest {

// What a scenario can say of players.
struct WorldOptions {
    double chatShare = 0.1;  // of the messages; the others are moves
    ZoneChoice zones;
    bool whisper = false;                   // every other chat is one
    servercore::Duration switchEvery{};     // between two changes of zone of a bot; 0: never
    servercore::Duration reconnectEvery{};  // likewise between two changes of its connection
};

[[nodiscard]] BehaviourInfo PlayerInfo();
// Precondition: FindMistake finds none.
[[nodiscard]] WorldOptions ReadWorldOptions(const GroupPlan& group);
// What is wrong with them; empty: nothing.
[[nodiscard]] std::string FindMistake(const Scenario& scenario, const GroupPlan& group);

}  // namespace loadtest
