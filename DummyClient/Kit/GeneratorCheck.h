#pragma once

#include "DummyClient/Report/RunReport.h"

namespace loadtest {

// Whether the load tester itself kept up in the measured time. It did not when more than `maxLatePercent` of the messages were sent late
// (100: that does not matter), or when it used all of its machine's processors.
void JudgeGenerator(RunReport& report, double maxLatePercent, unsigned processors);

}  // namespace loadtest
