#include "DummyClient/Report/Utf8.h"

#include <cstddef>
#include <cstdint>

namespace loadtest {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

std::uint32_t ByteAt(std::string_view text, std::size_t at) {
    return static_cast<unsigned char>(text[at]);
}

// How many bytes the character at the beginning has; 0 when there is none.
std::size_t LengthOfCharacter(std::string_view text) {
    const std::uint32_t first = ByteAt(text, 0);
    if (first < 0x80) {
        return 1;
    }
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < length) {
        return 0;
    }
    std::uint32_t character = first & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((ByteAt(text, i) & 0xC0U) != 0x80) {
            return 0;
        }
        character = character << 6 | (ByteAt(text, i) & 0x3FU);
    }
    const bool overlong = (length == 3 && character < 0x800) || (length == 4 && (character < 0x10000 || character > 0x10FFFF));
    const bool surrogate = character >= 0xD800 && character < 0xE000;
    return overlong || surrogate || character == 0xFFFE || character == 0xFFFF ? 0 : length;
}

}  // namespace

std::string ValidUtf8(std::string_view text) {
    std::string valid;
    while (!text.empty()) {
        const std::size_t length = LengthOfCharacter(text);
        valid += length == 0 ? kReplacement : text.substr(0, length);
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return valid;
}

}  // namespace loadtest
