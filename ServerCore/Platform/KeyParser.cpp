#include "ServerCore/Platform/KeyParser.h"

namespace servercore::platform {

namespace {

constexpr char kEscape = '\x1B';

bool IsPrintable(char character) noexcept {
    return character >= ' ' && character <= '~';
}

}  // namespace

void KeyParser::Append(std::string_view bytes) {
    bytes_.append(bytes.substr(0, kMaxWaitingBytes - bytes_.size()));
}

std::optional<TerminalKey> KeyParser::Take() {
    while (!bytes_.empty()) {
        const std::size_t length = SequenceLength();
        if (length == 0) {
            return std::nullopt;
        }
        const std::string sequence = bytes_.substr(0, length);
        bytes_.erase(0, length);
        if (length == 1 && IsPrintable(sequence[0])) {
            return TerminalKey{.kind = TerminalKey::Kind::Character, .character = sequence[0]};
        }
        // Up and down with Ctrl or Shift ("ESC [ 1 ; 5 A") are up and down.
        if (length >= 3 && sequence.back() == 'A') {
            return TerminalKey{.kind = TerminalKey::Kind::Up};
        }
        if (length >= 3 && sequence.back() == 'B') {
            return TerminalKey{.kind = TerminalKey::Kind::Down};
        }
    }
    return std::nullopt;
}

// ECMA-48, 5.4: after ESC [ come parameters (0x30 to 0x3F) and intermediate bytes (0x20 to 0x2F), then the one that ends the sequence. An
// ESC before anything else is the key Esc itself.
std::size_t KeyParser::SequenceLength() const noexcept {
    if (bytes_[0] != kEscape || (bytes_.size() > 1 && bytes_[1] != '[' && bytes_[1] != 'O')) {
        return 1;
    }
    std::size_t end = 2;
    while (end < bytes_.size() && bytes_[end] >= ' ' && bytes_[end] <= '?') {
        ++end;
    }
    if (end < bytes_.size()) {
        return end + 1;
    }
    return bytes_.size() == kMaxWaitingBytes ? end : 0;  // so long a sequence is none
}

}  // namespace servercore::platform
