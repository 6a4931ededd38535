// Load tests that the program brings along.
#pragma once

#include <span>

#include "DummyClient/Scenario/BuiltInScenarios.h"

namespace mytitle {

// The first is what runs when none is named.
[[nodiscard]] std::span<const loadtest::BuiltInScenario> Scenarios() noexcept;

}  // namespace mytitle
