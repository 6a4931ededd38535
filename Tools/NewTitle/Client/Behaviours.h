// What the bots do.
#pragma once

#include <vector>

#include "DummyClient/Kit/Behaviour.h"

namespace mytitle {

// Those that scenarios can name.
[[nodiscard]] std::vector<loadtest::Behaviour> Behaviours();

}  // namespace mytitle
