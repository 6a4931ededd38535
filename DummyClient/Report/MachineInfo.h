#pragma once

#include "DummyClient/Report/RunReport.h"

namespace loadtest {

// This machine, as far as its files (/proc) or its environment (Windows) tell; what they do not tell stays empty.
[[nodiscard]] MachineInfo DescribeMachine();

}  // namespace loadtest
