#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace iolab {

// The largest frame, without the header of a length framing. A peer that sends a larger one breaks the framing.
inline constexpr std::size_t kMaxFrameBytes = std::size_t{64} * 1024;
// Of the length framing: an unsigned number in network byte order.
inline constexpr std::size_t kLengthBytes = 4;

enum class FramingKind {
    Line,   // up to and with a line feed
    Fixed,  // so many bytes
    Length  // a length, then as many bytes
};

// Where a message ends: TCP only knows bytes, and what was sent in two calls may come in one, or what was sent in one in several.
// Threads: a value.
struct Framing {
    FramingKind kind = FramingKind::Line;
    std::size_t fixedBytes = 0;  // of Fixed

    // "line", "fixed:N" with N from 1 to kMaxFrameBytes, "length".
    [[nodiscard]] static std::optional<Framing> Parse(std::string_view text);
    [[nodiscard]] std::string ToString() const;

    // One frame with this text: followed by a line feed, filled up with blanks, or behind its length. nullopt: it does not fit (a line feed
    // in the text, more than the fixed length, more than kMaxFrameBytes).
    [[nodiscard]] std::optional<std::string> Wrap(std::string_view text) const;

    friend bool operator==(const Framing&, const Framing&) noexcept = default;
};

}  // namespace iolab
