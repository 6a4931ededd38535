#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace loadtest {

// Something in a text; line and column count from 1.
struct TextFault {
    std::size_t line = 1;
    std::size_t column = 1;
    std::string_view what;
};

// The first thing in a TOML text that toml++ 3.3 must not see. It takes for granted that a [table] or [[table]] has a name, and has
// undefined behaviour where it finds letters beyond ASCII outside text in quotes or in text of several lines, and it finds them in quotes,
// too, if those are where none can be. All of that is wrong in TOML or of no use in a scenario: lists of lists over several lines,
// """text""" and dotted keys in quotes are refused with the rest.
[[nodiscard]] std::optional<TextFault> FindTextFault(std::string_view toml) noexcept;

}  // namespace loadtest
