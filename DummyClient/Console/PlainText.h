#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace loadtest {

// Text from elsewhere (scenarios, peers, servers), harmless for a terminal: each character takes one column. Control characters, escape
// sequences, what is no UTF-8, and characters whose width or direction is not certain become '?', one for one. What is left are ASCII and,
// with `utf8`, the Latin letters and signs from U+00A1 to U+024F.
[[nodiscard]] std::string PlainText(std::string_view text, bool utf8);

// Characters in valid UTF-8: columns, when each takes one.
[[nodiscard]] std::size_t ColumnsOf(std::string_view text) noexcept;
// The first `columns` of it.
[[nodiscard]] std::string_view FirstColumns(std::string_view text, std::size_t columns) noexcept;

}  // namespace loadtest
