#pragma once

#include <span>
#include <string>

#include "ServerCore/App/CommandLine.h"

namespace loadtest {

// `DummyClient run`: a load test as the command line wants it. `arguments`: what follows `run`. The live lines, the final table and the
// summary go to standard output at once; what is left to say is the answer's message. Must run before there is any other thread.
[[nodiscard]] servercore::app::CommandLineEnd RunLoadCommand(std::span<const std::string> arguments, const std::string& version);

}  // namespace loadtest
