#pragma once

#include "Tools/IoModelLab/Options.h"

namespace iolab {

// IoModelLab compare: measures every model asked for with every number of clients, and reports. Returns the exit code.
[[nodiscard]] int Compare(const CompareOptions& options);

}  // namespace iolab
