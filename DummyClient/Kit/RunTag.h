#pragma once

#include <string>

namespace loadtest {

// A few characters that tell the names of this run from those of others on the same server.
[[nodiscard]] std::string MakeRunTag();

}  // namespace loadtest
