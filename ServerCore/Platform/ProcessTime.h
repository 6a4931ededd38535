#pragma once

#include "ServerCore/Base/Clock.h"

namespace servercore::platform {

// The processor time that all threads of this process have used so far; 0 when the system does not tell.
// Threads: safe from any.
[[nodiscard]] Duration ProcessCpuTime() noexcept;

}  // namespace servercore::platform
