#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace servercore::platform {

// Escape sequences that the terminals of both systems understand.
// https://learn.microsoft.com/windows/console/console-virtual-terminal-sequences

// A screen of its own, without a cursor, where a line that is too long is cut; and back.
inline constexpr std::string_view kEnterScreen = "\x1B[?1049h\x1B[?25l\x1B[?7l";
inline constexpr std::string_view kLeaveScreen = "\x1B[0m\x1B[?7h\x1B[?25h\x1B[?1049l";

// Draws over what is there, line by line, for clearing it all first would flicker. A line is cleared before it is drawn: behind one as wide
// as the screen the cursor still stands on the last column, and clearing from there would take that.
[[nodiscard]] inline std::string ToScreen(std::string_view lines) {
    std::string drawn = "\x1B[H";
    for (std::size_t end = lines.find('\n'); end != std::string_view::npos; end = lines.find('\n')) {
        drawn += "\x1B[K";
        drawn += lines.substr(0, end);
        drawn += "\r\n";
        lines.remove_prefix(end + 1);
    }
    drawn += "\x1B[J";  // and all below
    drawn += lines;
    return drawn;
}

}  // namespace servercore::platform
