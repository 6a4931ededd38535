#pragma once

#include <string_view>

namespace servercore {

// Names the calling thread for debuggers and profilers; Linux keeps the first 15 characters. Failure is ignored: a name is a help only.
// Defined once per system, in Platform/Linux and Platform/Windows.
void SetThreadName(std::string_view name);

}  // namespace servercore
