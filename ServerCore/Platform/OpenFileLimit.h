#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "ServerCore/Base/Result.h"

namespace servercore::platform {

// How many descriptors (sockets, files, pipes) this process may have open at once.
using OpenFileLimit = std::uint64_t;

// Windows: handles end with the memory.
inline constexpr OpenFileLimit kNoOpenFileLimit = std::numeric_limits<OpenFileLimit>::max();

// Raises the process's soft limit to its hard limit, which needs no privilege, and returns what then holds. A process that does so must not
// use select(), which overruns its sets from descriptor 1,024 on; nothing here does. Programs that it starts inherit the limit.
// Fails when the system refuses; then nothing has changed.
// Threads: any, best before there are others.
[[nodiscard]] Result<OpenFileLimit> RaiseOpenFileLimit();

// For the operator: "20000 bots need 20128 descriptors, but this process may have only 4096 open: ..." and three ways to raise the limit.
[[nodiscard]] std::string ExplainOpenFileLimit(std::string_view who, std::uint64_t needed, OpenFileLimit limit);

}  // namespace servercore::platform
