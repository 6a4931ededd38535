#include "DummyClient/Console/FrameText.h"

#include <algorithm>
#include <utility>

#include "DummyClient/Console/PlainText.h"

namespace loadtest {

namespace {

constexpr std::string_view kResetStyle = "\x1B[0m";

std::string_view Begin(FrameStyle style) noexcept {
    switch (style) {
        case FrameStyle::Plain: break;
        case FrameStyle::Strong: return "\x1B[1m";
        case FrameStyle::Faint: return "\x1B[2m";
        case FrameStyle::Good: return "\x1B[32m";
        case FrameStyle::Warning: return "\x1B[33m";
        case FrameStyle::Bad: return "\x1B[1;31m";
    }
    return {};
}

std::size_t CountLines(const std::vector<FrameSection>& sections) {
    std::size_t count = 0;
    for (const FrameSection& section : sections) {
        count += section.lines.size();
    }
    return count;
}

// nullptr: there are no more lines.
FrameSection* LeastImportant(std::vector<FrameSection>& sections) {
    FrameSection* least = nullptr;
    for (FrameSection& section : sections) {
        if (!section.lines.empty() && (least == nullptr || section.importance <= least->importance)) {
            least = &section;
        }
    }
    return least;
}

}  // namespace

FrameLine& FrameLine::Add(std::string_view text, FrameStyle style) {
    return AddDrawing(PlainText(text, space_.utf8), style);
}

FrameLine& FrameLine::AddDrawing(std::string_view drawing, FrameStyle style) {
    std::string fitting(FirstColumns(drawing, ColumnsLeft()));
    columns_ += ColumnsOf(fitting);
    parts_.push_back({.text = std::move(fitting), .style = style});
    return *this;
}

FrameLine& FrameLine::PadTo(std::size_t column) {
    const std::size_t least = columns_ == 0 ? 0 : columns_ + 1;
    const std::size_t target = std::max(column, least);
    return Add(std::string(std::min(target, space_.columns) - columns_, ' '));
}

FrameLine& FrameLine::AddEndingAt(std::size_t column, std::string_view text, FrameStyle style) {
    const std::size_t length = ColumnsOf(text);
    PadTo(column > length ? column - length : 0);
    return Add(text, style);
}

std::string FrameLine::Text() const {
    std::string text;
    for (const Part& part : parts_) {
        const std::string_view begin = space_.colour && !part.text.empty() ? Begin(part.style) : std::string_view();
        text += begin;
        text += part.text;
        text += begin.empty() ? begin : kResetStyle;
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

std::string ToFrame(std::vector<FrameSection> sections, const FrameSpace& space) {
    for (std::size_t count = CountLines(sections); count > space.rows; --count) {
        LeastImportant(sections)->lines.pop_back();
    }
    std::string frame;
    bool isFirst = true;
    for (const FrameSection& section : sections) {
        for (const FrameLine& line : section.lines) {
            frame += isFirst ? "" : "\n";
            frame += line.Text();
            isFirst = false;
        }
    }
    return frame;
}

}  // namespace loadtest
