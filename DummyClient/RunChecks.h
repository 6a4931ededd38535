#pragma once

#include <vector>

#include "DummyClient/BotState.h"
#include "DummyClient/LoadReport.h"
#include "DummyClient/Report/RunReport.h"

namespace loadtest {

// What the bots found wrong, by reason; reasons that never occurred are left out.
[[nodiscard]] Counts ErrorsByReason(const BotCounts& counts);

// Everything that makes a run verified, each with how often it was looked at: one of them has failed exactly when the run is not verified.
[[nodiscard]] std::vector<RunCheck> ToChecks(const LoadResult& result);

// As the close reasons are called; those that never occurred are left out.
[[nodiscard]] Counts ToCounts(const DisconnectCounts& disconnects);

}  // namespace loadtest
