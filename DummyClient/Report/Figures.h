#pragma once

#include <string>

namespace loadtest {

// Figures as people read them, the unit included: "850 us", "12.3 ms", "1.20 s".
[[nodiscard]] std::string ShowMicroseconds(double microseconds);
// "12", "1,234,567", "0.25".
[[nodiscard]] std::string ShowNumber(double number);
// "12 B", "3.4 MB"; a KB is 1000.
[[nodiscard]] std::string ShowBytes(double bytes);

}  // namespace loadtest
