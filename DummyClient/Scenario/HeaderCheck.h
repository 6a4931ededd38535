#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace loadtest {

// A place in a text; both count from 1.
struct TextPosition {
    std::uint32_t line = 1;
    std::uint32_t column = 1;
};

// The first line that begins like a [table] or [[table]] but goes on with something that begins no name. toml++ 3.3 takes it for granted
// that there is none: its parser asserts so and, without assertions, lets the compiler rely on it. A line of a list may begin like that,
// too, but only in a list of lists, which scenarios do not have.
[[nodiscard]] std::optional<TextPosition> FindNamelessHeader(std::string_view toml) noexcept;

}  // namespace loadtest
