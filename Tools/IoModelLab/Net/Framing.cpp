#include "Tools/IoModelLab/Net/Framing.h"

#include <charconv>
#include <cstdint>
#include <cstring>

#include "Tools/IoModelLab/Net/Winsock.h"

namespace iolab {

std::optional<Framing> Framing::Parse(std::string_view text) {
    constexpr std::string_view kFixed = "fixed:";
    if (text == "line") {
        return Framing{.kind = FramingKind::Line};
    }
    if (text == "length") {
        return Framing{.kind = FramingKind::Length};
    }
    if (!text.starts_with(kFixed)) {
        return std::nullopt;
    }
    text.remove_prefix(kFixed.size());
    std::size_t bytes = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bytes);
    if (error != std::errc{} || end != text.data() + text.size() || bytes == 0 || bytes > kMaxFrameBytes) {
        return std::nullopt;
    }
    return Framing{.kind = FramingKind::Fixed, .fixedBytes = bytes};
}

std::string Framing::ToString() const {
    switch (kind) {
        case FramingKind::Line: return "line";
        case FramingKind::Length: return "length";
        case FramingKind::Fixed: break;
    }
    return "fixed:" + std::to_string(fixedBytes);
}

std::optional<std::string> Framing::Wrap(std::string_view text) const {
    std::string frame(text);
    switch (kind) {
        case FramingKind::Line:
            frame += '\n';
            return frame.size() <= kMaxFrameBytes && text.find('\n') == std::string_view::npos ? std::optional(frame) : std::nullopt;
        case FramingKind::Fixed: frame.resize(fixedBytes, ' '); return text.size() <= fixedBytes ? std::optional(frame) : std::nullopt;
        case FramingKind::Length: break;
    }
    if (text.size() > kMaxFrameBytes) {
        return std::nullopt;
    }
    const std::uint32_t length = htonl(static_cast<std::uint32_t>(text.size()));
    char header[kLengthBytes];
    std::memcpy(header, &length, sizeof header);
    return std::string(header, sizeof header) + frame;
}

}  // namespace iolab
