#include "DummyClient/Console/ShortFigures.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>

#include <fmt/format.h>

#include "DummyClient/Report/Figures.h"

namespace loadtest {

namespace {

constexpr std::string_view kUnknown = "-";

// Three digits and what stands for the thousands.
std::string Scaled(double number, std::string_view unit) {
    constexpr std::array kPrefixes = {"", "K", "M", "G", "T", "P", "E"};
    std::size_t prefix = 0;
    // What would be rounded to 1000 belongs to the next.
    while (std::abs(number) >= 999.5 && prefix + 1 < kPrefixes.size()) {
        number /= 1000;
        ++prefix;
    }
    if (std::abs(number) >= 999.5) {
        return number > 0 ? "huge" : "-huge";
    }
    const double size = std::abs(number);
    const int decimals = prefix == 0 || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
    std::string text = fmt::format("{:.{}f} {}{}", number, decimals, kPrefixes[prefix], unit);
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

}  // namespace

std::string ShortNumber(double number) {
    constexpr double kLongest = 99'999.5;  // what is longer loses digits
    if (std::isnan(number)) {
        return std::string(kUnknown);
    }
    return std::abs(number) < kLongest ? ShowNumber(number) : Scaled(number, "");
}

std::string ShortMicroseconds(double microseconds) {
    constexpr double kSecond = 1e6;
    constexpr double kHour = 3600 * kSecond;
    if (std::isnan(microseconds) || microseconds < 0) {
        return std::string(kUnknown);
    }
    if (microseconds < 100 * kSecond) {
        return ShowMicroseconds(microseconds);
    }
    if (microseconds < kHour) {
        return fmt::format("{:.0f} s", microseconds / kSecond);
    }
    return microseconds < 10'000 * kHour ? fmt::format("{:.1f} h", microseconds / kHour) : "huge";
}

std::string ShortBytes(double bytes) {
    return std::isnan(bytes) ? std::string(kUnknown) : Scaled(bytes, "B");
}

std::string ShortTime(double seconds) {
    constexpr double kLongest = 10'000.0 * 24 * 3600;
    if (std::isnan(seconds) || seconds >= kLongest) {
        return std::string(kUnknown);
    }
    const std::int64_t whole = seconds <= 0 ? 0 : static_cast<std::int64_t>(seconds);
    const std::int64_t hours = whole / 3600;
    const std::int64_t minutes = whole / 60 % 60;
    if (hours >= 100) {
        return fmt::format("{} d {} h", hours / 24, hours % 24);
    }
    return hours > 0 ? fmt::format("{}:{:02}:{:02}", hours, minutes, whole % 60) : fmt::format("{}:{:02}", minutes, whole % 60);
}

}  // namespace loadtest
