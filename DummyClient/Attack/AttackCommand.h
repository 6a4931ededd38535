#pragma once

#include <span>
#include <string>

#include "ServerCore/App/CommandLine.h"

namespace loadtest {

// `DummyClient attack ...`, from options to table and exit code. `arguments`: what follows `attack`.
// Threads: the program's only one, for it takes Ctrl-C.
[[nodiscard]] servercore::app::CommandLineEnd RunAttackCommand(std::span<const std::string> arguments, const std::string& version);

}  // namespace loadtest
