#pragma once

#include "Tools/IoModelLab/Options.h"

namespace iolab {

// IoModelLab serve: runs a model until it is told to stop. Returns the exit code.
// Precondition: no other thread exists yet (see servercore::platform::StopSignal).
[[nodiscard]] int Serve(const ServeOptions& options);

}  // namespace iolab
