#pragma once

namespace servercore::platform {

// A key as the user pressed it.
struct TerminalKey {
    enum class Kind { Character, Up, Down };

    Kind kind = Kind::Character;
    char character = 0;  // of a Character: printable ASCII

    bool operator==(const TerminalKey&) const = default;
};

}  // namespace servercore::platform
