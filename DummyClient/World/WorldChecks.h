#pragma once

#include <vector>

#include "DummyClient/Report/RunReport.h"
#include "DummyClient/World/BotState.h"
#include "DummyClient/World/WorldResult.h"

namespace loadtest {

// What the bots found wrong, by reason; reasons that never occurred are left out.
[[nodiscard]] Counts ErrorsByReason(const BotCounts& counts);

// Everything that makes a run verified, each with how often it was looked at: one of them has failed exactly when the run is not verified.
[[nodiscard]] std::vector<RunCheck> ToChecks(const WorldResult& result);

// As the close reasons are called; those that never occurred are left out.
[[nodiscard]] Counts ToCounts(const DisconnectCounts& disconnects);

}  // namespace loadtest
