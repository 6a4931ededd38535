#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ServerCore/Base/Clock.h"

namespace loadtest {

// A number and a unit out of ms, s, m and h: "200ms", "1.5s", "2m", "1h". Exact to the nanosecond. Nothing: it is no such text.
[[nodiscard]] std::optional<servercore::Duration> ParseDuration(std::string_view text) noexcept;

// In the greatest unit that makes it a whole number. ParseDuration reads the same from it. Precondition: not negative.
[[nodiscard]] std::string ToText(servercore::Duration duration);

}  // namespace loadtest
