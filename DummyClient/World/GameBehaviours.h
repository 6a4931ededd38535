#pragma once

#include <vector>

#include "DummyClient/Kit/Behaviour.h"

namespace loadtest {

// All that bots of our game can do; the scenarios name them.
[[nodiscard]] std::vector<Behaviour> GameBehaviours();

}  // namespace loadtest
