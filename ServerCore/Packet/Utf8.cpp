#include "ServerCore/Packet/Utf8.h"

#include <cstddef>

namespace servercore {

namespace {

// A first byte, and what may follow it: RFC 3629, section 4.
struct Sequence {
    unsigned firstLow;
    unsigned firstHigh;
    unsigned secondLow;
    unsigned secondHigh;
    std::size_t bytes;
};

constexpr Sequence kSequences[] = {
    {0x00, 0x7F, 0x00, 0x00, 1}, {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
    {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
    {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
};

bool IsBetween(std::byte byte, unsigned low, unsigned high) noexcept {
    return std::to_integer<unsigned>(byte) >= low && std::to_integer<unsigned>(byte) <= high;
}

// The length of the character in front; 0: none is there.
std::size_t CharacterBytes(ConstBytes text) noexcept {
    for (const Sequence& sequence : kSequences) {
        if (!IsBetween(text[0], sequence.firstLow, sequence.firstHigh)) {
            continue;
        }
        if (text.size() < sequence.bytes || (sequence.bytes > 1 && !IsBetween(text[1], sequence.secondLow, sequence.secondHigh))) {
            return 0;
        }
        for (std::size_t i = 2; i < sequence.bytes; ++i) {
            if (!IsBetween(text[i], 0x80, 0xBF)) {
                return 0;
            }
        }
        return sequence.bytes;
    }
    return 0;
}

}  // namespace

bool IsUtf8(ConstBytes text) noexcept {
    while (!text.empty()) {
        const std::size_t bytes = CharacterBytes(text);
        if (bytes == 0) {
            return false;
        }
        text = text.subspan(bytes);
    }
    return true;
}

}  // namespace servercore
