#pragma once

#include <span>
#include <string>
#include <string_view>

namespace loadtest {

// "; did you mean 'ramp'?" where one of `known` looks like `name`, else "; known: steady, ramp" with all of them.
[[nodiscard]] std::string SuggestName(std::string_view name, std::span<const std::string_view> known);

// The one of `known` that looks like `name`. Empty: none does.
[[nodiscard]] std::string_view NearestName(std::string_view name, std::span<const std::string_view> known);

}  // namespace loadtest
