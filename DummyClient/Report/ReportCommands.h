#pragma once

#include <span>
#include <string>

#include "ServerCore/App/CommandLine.h"

namespace loadtest {

// The commands that work on reports of runs that are over. `arguments`: what follows the command's name. What they answer goes to standard
// output when the exit code is 0 or 99, else to standard error.

// A.json B.json [--html FILE] [--fail-if-worse]: 0, 99 when B is worse and that was asked for, 1 for a report that cannot be read or
// written, 2 for usage.
[[nodiscard]] servercore::app::CommandLineEnd RunCompareCommand(std::span<const std::string> arguments, const std::string& version);

// A.json B.json ... [--json FILE] [--html FILE] ... [--threshold T]...: the exit code is the one of the run that they make together; 1 also
// for reports that cannot be read, written or merged; 2 for usage. Without thresholds of its own it judges those of the reports again.
[[nodiscard]] servercore::app::CommandLineEnd RunMergeCommand(std::span<const std::string> arguments, const std::string& version);

}  // namespace loadtest
