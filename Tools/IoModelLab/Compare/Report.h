#pragma once

#include <span>
#include <string>
#include <string_view>

#include "Tools/IoModelLab/Compare/Cell.h"

namespace iolab {

// Where and how the cells were measured.
struct Setting {
    std::string machine;
    double seconds = 0;  // per cell
};

[[nodiscard]] std::string ToTable(std::span<const Cell> cells);
[[nodiscard]] std::string ToJson(std::span<const Cell> cells, const Setting& setting);
// One page that needs nothing else, not even a network.
[[nodiscard]] std::string ToHtml(std::span<const Cell> cells, const Setting& setting);

}  // namespace iolab
