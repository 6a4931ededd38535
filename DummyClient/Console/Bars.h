#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace loadtest {

// "[#####-----]", `columns` wide; nothing below three. `share`: of 1.
[[nodiscard]] std::string ProgressBar(double share, std::size_t columns);

// The last values as a line of little columns, at most `columns` wide, in proportion to the highest among them.
[[nodiscard]] std::string Sparkline(std::span<const double> values, std::size_t columns, bool utf8);

}  // namespace loadtest
