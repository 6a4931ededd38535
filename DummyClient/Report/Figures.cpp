#include "DummyClient/Report/Figures.h"

#include <array>
#include <cmath>
#include <cstddef>

#include <fmt/format.h>

namespace loadtest {

std::string ShowMicroseconds(double microseconds) {
    if (microseconds < 1000) {
        return fmt::format("{:.0f} us", microseconds);
    }
    return microseconds < 1e6 ? fmt::format("{:.{}f} ms", microseconds / 1e3, microseconds < 100e3 ? 2 : 1)
                              : fmt::format("{:.2f} s", microseconds / 1e6);
}

std::string ShowNumber(double number) {
    const double size = std::abs(number);
    if (size < 100 && number != std::round(number)) {
        return fmt::format("{:.2f}", number);
    }
    const std::string digits = fmt::format("{:.0f}", size);
    std::string shown = number < 0 ? "-" : "";
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % 3 == 0) {
            shown += ',';
        }
        shown += digits[i];
    }
    return shown;
}

std::string ShowBytes(double bytes) {
    constexpr std::array kUnits = {"B", "KB", "MB", "GB", "TB"};
    std::size_t unit = 0;
    while (bytes >= 1000 && unit + 1 < kUnits.size()) {
        bytes /= 1000;
        ++unit;
    }
    return fmt::format("{:.{}f} {}", bytes, unit == 0 ? 0 : 2, kUnits[unit]);
}

}  // namespace loadtest
