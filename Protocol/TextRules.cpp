#include "Protocol/TextRules.h"

#include <algorithm>
#include <array>
#include <optional>

namespace game::protocol {

namespace {

struct CodePointRange {
    char32_t first;
    char32_t last;
};

// Well-formed, but invisible or able to disguise other text.
constexpr std::array<CodePointRange, 9> kNotPrintable = {{
    {0x0000, 0x001F},     // control characters
    {0x007F, 0x009F},     // more of them
    {0x00AD, 0x00AD},     // soft hyphen
    {0x200B, 0x200F},     // zero-width characters, direction marks
    {0x2028, 0x202E},     // line separators, direction overrides
    {0x2060, 0x206F},     // invisible operators
    {0xFEFF, 0xFEFF},     // byte order mark
    {0xFFF0, 0xFFFF},     // specials
    {0xE0000, 0x10FFFF},  // tags, private use
}};

bool IsPrintable(char32_t character) noexcept {
    return std::none_of(kNotPrintable.begin(), kNotPrintable.end(),
                        [=](const CodePointRange& range) { return character >= range.first && character <= range.last; });
}

unsigned ByteAt(std::string_view text, std::size_t index) noexcept {
    return static_cast<unsigned char>(text[index]);
}

struct Shape {
    std::size_t bytes;
    char32_t bits;    // of the code point, in the first byte
    char32_t lowest;  // below it, a shorter encoding exists
};

std::optional<Shape> ShapeOf(unsigned lead) noexcept {
    if (lead < 0x80U) {
        return Shape{.bytes = 1, .bits = lead, .lowest = 0};
    }
    if ((lead & 0xE0U) == 0xC0U) {
        return Shape{.bytes = 2, .bits = lead & 0x1FU, .lowest = 0x80};
    }
    if ((lead & 0xF0U) == 0xE0U) {
        return Shape{.bytes = 3, .bits = lead & 0x0FU, .lowest = 0x800};
    }
    if ((lead & 0xF8U) == 0xF0U) {
        return Shape{.bytes = 4, .bits = lead & 0x07U, .lowest = 0x10000};
    }
    return std::nullopt;
}

// Takes the first character off the text. Nothing: it is not well-formed UTF-8 (RFC 3629).
std::optional<char32_t> TakeCharacter(std::string_view& text) noexcept {
    const std::optional<Shape> shape = ShapeOf(ByteAt(text, 0));
    if (!shape || text.size() < shape->bytes) {
        return std::nullopt;
    }
    char32_t character = shape->bits;
    for (std::size_t i = 1; i < shape->bytes; ++i) {
        const unsigned byte = ByteAt(text, i);
        if ((byte & 0xC0U) != 0x80U) {
            return std::nullopt;
        }
        character = (character << 6U) | (byte & 0x3FU);
    }
    const bool isSurrogate = character >= 0xD800 && character <= 0xDFFF;
    if (character < shape->lowest || character > 0x10FFFF || isSurrogate) {
        return std::nullopt;
    }
    text.remove_prefix(shape->bytes);
    return character;
}

// The number of characters; nothing when one of them is not allowed.
std::optional<std::size_t> CountPrintable(std::string_view text) noexcept {
    std::size_t count = 0;
    while (!text.empty()) {
        const std::optional<char32_t> character = TakeCharacter(text);
        if (!character || !IsPrintable(*character)) {
            return std::nullopt;
        }
        ++count;
    }
    return count;
}

}  // namespace

bool IsValidName(std::string_view name) noexcept {
    if (name.empty() || name.front() == ' ' || name.back() == ' ') {
        return false;
    }
    const std::optional<std::size_t> characters = CountPrintable(name);
    return characters && *characters <= kMaxNameCharacters;
}

bool IsValidChat(std::string_view text) noexcept {
    return !text.empty() && text.size() <= kMaxChatBytes && CountPrintable(text).has_value();
}

}  // namespace game::protocol
