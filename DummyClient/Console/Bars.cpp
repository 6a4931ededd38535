#include "DummyClient/Console/Bars.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace loadtest {

namespace {

constexpr std::size_t kHeights = 8;
constexpr std::array<std::string_view, kHeights> kBlocks = {"\u2581", "\u2582", "\u2583", "\u2584", "\u2585", "\u2586", "\u2587", "\u2588"};
constexpr std::array<std::string_view, kHeights> kAscii = {"_", ".", "-", "~", "=", "+", "*", "#"};

double Clean(double value) noexcept {
    return std::isfinite(value) && value > 0 ? value : 0;
}

}  // namespace

std::string ProgressBar(double share, std::size_t columns) {
    if (columns < 3) {
        return {};
    }
    const std::size_t inside = columns - 2;
    const auto done = static_cast<std::size_t>(std::min(Clean(share), 1.0) * static_cast<double>(inside));
    std::string bar = "[";
    bar.append(done, '#').append(inside - done, '-').push_back(']');
    return bar;
}

std::string Sparkline(std::span<const double> values, std::size_t columns, bool utf8) {
    values = values.last(std::min(values.size(), columns));
    double highest = 0;
    for (const double value : values) {
        highest = std::max(highest, Clean(value));
    }
    std::string line;
    for (const double value : values) {
        const double share = highest > 0 ? Clean(value) / highest : 0;
        const auto height = std::min(kHeights - 1, static_cast<std::size_t>(share * kHeights));
        line += utf8 ? kBlocks[height] : kAscii[height];
    }
    return line;
}

}  // namespace loadtest
