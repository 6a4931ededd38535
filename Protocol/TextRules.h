#pragma once

#include <cstddef>
#include <string_view>

namespace game::protocol {

// What text from a peer may look like. Both sides use these functions, so that they agree.

inline constexpr std::size_t kMaxNameCharacters = 24;
inline constexpr std::size_t kMaxChatBytes = 200;

// 1 to 24 printable characters of well-formed UTF-8; no space at either end.
[[nodiscard]] bool IsValidName(std::string_view name) noexcept;

// 1 to 200 bytes of well-formed UTF-8 of printable characters.
[[nodiscard]] bool IsValidChat(std::string_view text) noexcept;

}  // namespace game::protocol
