#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace loadtest {

// The screen that a frame is drawn for.
struct FrameSpace {
    std::size_t columns = 80;
    std::size_t rows = 24;
    bool colour = false;
    bool utf8 = false;
};

enum class FrameStyle { Plain, Strong, Faint, Good, Warning, Bad };

// One line of a frame, made from left to right. Never longer than its space is wide: what does not fit is left out.
// Threads: a value.
class FrameLine {
public:
    explicit FrameLine(const FrameSpace& space) noexcept : space_(space) {}

    // Goes through PlainText: it may come from anywhere.
    FrameLine& Add(std::string_view text, FrameStyle style = FrameStyle::Plain);
    // Bars and the like: valid UTF-8 whose characters take one column each.
    FrameLine& AddDrawing(std::string_view drawing, FrameStyle style = FrameStyle::Plain);
    // Up to the column, and one space at least when something is there already.
    FrameLine& PadTo(std::size_t column);
    // So that it ends before the column, with a space before it. Where that does not fit, it ends later.
    FrameLine& AddEndingAt(std::size_t column, std::string_view text, FrameStyle style = FrameStyle::Plain);

    [[nodiscard]] std::size_t Columns() const noexcept { return columns_; }
    [[nodiscard]] std::size_t ColumnsLeft() const noexcept { return space_.columns - columns_; }
    // With escape sequences only where colours are allowed, without spaces at its end.
    [[nodiscard]] std::string Text() const;

private:
    struct Part {
        std::string text;
        FrameStyle style;
    };

    FrameSpace space_;
    std::vector<Part> parts_;
    std::size_t columns_ = 0;
};

// Lines that belong together, and how long they stay when there are too few rows.
struct FrameSection {
    int importance = 0;
    std::vector<FrameLine> lines;
};

// All lines in order, each but the last ended by LF. With too few rows the least important section gets shorter, from its end, then the
// next; of two that are equally important, the later.
[[nodiscard]] std::string ToFrame(std::vector<FrameSection> sections, const FrameSpace& space);

}  // namespace loadtest
