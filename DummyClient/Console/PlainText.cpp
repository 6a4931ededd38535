#include "DummyClient/Console/PlainText.h"

#include <algorithm>

#include "DummyClient/Report/Utf8.h"

namespace loadtest {

namespace {

bool GoesOn(char byte) noexcept {
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80;
}

// At least one byte. Precondition: valid UTF-8, not empty.
std::size_t BytesOfFirst(std::string_view text) noexcept {
    std::size_t bytes = 1;
    while (bytes < text.size() && GoesOn(text[bytes])) {
        ++bytes;
    }
    return bytes;
}

bool IsPlain(std::string_view character, bool utf8) noexcept {
    const auto first = static_cast<unsigned char>(character[0]);
    if (character.size() == 1) {
        return first >= 0x20 && first < 0x7F;
    }
    if (!utf8 || character.size() != 2) {
        return false;
    }
    constexpr unsigned kSoftHyphen = 0xAD;  // has no width
    const unsigned code = (first & 0x1FU) << 6U | (static_cast<unsigned char>(character[1]) & 0x3FU);
    return code >= 0xA1 && code <= 0x24F && code != kSoftHyphen;
}

}  // namespace

std::string PlainText(std::string_view text, bool utf8) {
    const std::string valid = ValidUtf8(text);
    std::string plain;
    for (std::string_view left = valid; !left.empty();) {
        const std::string_view character = left.substr(0, BytesOfFirst(left));
        plain += IsPlain(character, utf8) ? character : "?";
        left.remove_prefix(character.size());
    }
    return plain;
}

std::size_t ColumnsOf(std::string_view text) noexcept {
    return text.size() - static_cast<std::size_t>(std::count_if(text.begin(), text.end(), GoesOn));
}

std::string_view FirstColumns(std::string_view text, std::size_t columns) noexcept {
    std::size_t bytes = 0;
    for (; columns > 0 && bytes < text.size(); --columns) {
        bytes += BytesOfFirst(text.substr(bytes));
    }
    return text.substr(0, bytes);
}

}  // namespace loadtest
