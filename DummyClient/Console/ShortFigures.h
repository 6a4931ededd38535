#pragma once

#include <cstddef>
#include <string>

namespace loadtest {

// Figures in few columns, whatever they are: at most kShortColumns each.
inline constexpr std::size_t kShortColumns = 9;

// "0.25", "12,345", "1.23 M"
[[nodiscard]] std::string ShortNumber(double number);
// "850 us", "12.3 ms", "1.20 s", "1.5 h"
[[nodiscard]] std::string ShortMicroseconds(double microseconds);
// "12 B", "3.40 MB"; a KB is 1000.
[[nodiscard]] std::string ShortBytes(double bytes);
// "1:07", "1:02:03", "12 d 3 h"
[[nodiscard]] std::string ShortTime(double seconds);

}  // namespace loadtest
