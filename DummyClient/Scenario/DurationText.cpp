#include "DummyClient/Scenario/DurationText.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ranges>

#include <fmt/format.h>

#include "ServerCore/Base/Assert.h"

namespace loadtest {

namespace {

using namespace std::chrono_literals;
using servercore::Duration;

struct Unit {
    std::string_view name;
    std::int64_t nanoseconds;
};

constexpr std::array kUnits = {
    Unit{"h", std::chrono::nanoseconds(1h).count()},
    Unit{"m", std::chrono::nanoseconds(1min).count()},
    Unit{"s", std::chrono::nanoseconds(1s).count()},
    Unit{"ms", std::chrono::nanoseconds(1ms).count()},
};

// A hundred years: no sum of a few of them overflows.
constexpr std::int64_t kLongest = std::chrono::nanoseconds(1h).count() * 24 * 365 * 100;

bool IsDigit(char c) noexcept {
    return c >= '0' && c <= '9';
}

}  // namespace

std::optional<Duration> ParseDuration(std::string_view text) noexcept {
    const auto numberEnd = std::ranges::find_if_not(text, [](char c) { return IsDigit(c) || c == '.'; });
    const std::string_view number(text.begin(), numberEnd);
    const std::string_view name(numberEnd, text.end());
    const auto unit = std::ranges::find(kUnits, name, &Unit::name);
    const std::size_t point = std::min(number.find('.'), number.size());
    const std::string_view whole = number.substr(0, point);
    const std::string_view fraction = number.substr(std::min(point + 1, number.size()));
    const bool isNumber = !whole.empty() && (point == number.size() || !fraction.empty()) && fraction.find('.') == std::string_view::npos;
    if (unit == kUnits.end() || !isNumber) {
        return std::nullopt;
    }
    std::int64_t nanoseconds = 0;
    for (const char digit : whole) {
        nanoseconds = nanoseconds * 10 + (digit - '0') * unit->nanoseconds;
        if (nanoseconds > kLongest) {
            return std::nullopt;
        }
    }
    // From the last digit to the first, so that only what is below a nanosecond is dropped.
    std::int64_t part = 0;
    for (const char digit : fraction | std::views::reverse) {
        part = (part + (digit - '0') * unit->nanoseconds) / 10;
    }
    return std::chrono::nanoseconds(nanoseconds + part);
}

std::string ToText(Duration duration) {
    const std::int64_t nanoseconds = std::chrono::nanoseconds(duration).count();
    SC_ASSERT(nanoseconds >= 0);
    if (nanoseconds == 0) {
        return "0s";
    }
    for (const Unit& unit : kUnits) {
        if (nanoseconds % unit.nanoseconds == 0) {
            return fmt::format("{}{}", nanoseconds / unit.nanoseconds, unit.name);
        }
    }
    const Unit& last = kUnits.back();
    return fmt::format("{}.{:06}{}", nanoseconds / last.nanoseconds, nanoseconds % last.nanoseconds, last.name);
}

}  // namespace loadtest
