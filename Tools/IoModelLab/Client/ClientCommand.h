#pragma once

#include "Tools/IoModelLab/Options.h"

namespace iolab {

// IoModelLab client: sends frames, one at a time, and compares what comes back. Returns the exit code.
[[nodiscard]] int RunClient(const ClientOptions& options);

}  // namespace iolab
