#pragma once

#include <string>
#include <string_view>

namespace loadtest {

// The text with U+FFFD for every byte that belongs to no character, and for the characters that XML 1.0 does not have above U+001F.
[[nodiscard]] std::string ValidUtf8(std::string_view text);

}  // namespace loadtest
