#pragma once

#include <string>

namespace iolab {

// Where the figures come from: "Linux 6.1.0, 2 processors", "Wine 8.0 on Linux, 2 processors". Wine is never passed off as Windows.
[[nodiscard]] std::string DescribeMachine();

}  // namespace iolab
