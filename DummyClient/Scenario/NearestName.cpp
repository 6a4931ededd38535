#include "DummyClient/Scenario/NearestName.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace loadtest {

namespace {

// Longer ones look like nothing that is known, and would take long to compare.
constexpr std::size_t kLongestName = 64;

// How many letters to insert, delete or replace (Levenshtein).
std::size_t Distance(std::string_view from, std::string_view to) {
    std::vector<std::size_t> row(to.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < from.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < to.size(); ++j) {
            const std::size_t replaced = diagonal + (from[i] == to[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

}  // namespace

std::string_view NearestName(std::string_view name, std::span<const std::string_view> known) {
    if (name.size() > kLongestName) {
        return {};
    }
    std::string_view nearest;
    std::size_t least = std::max<std::size_t>(2, name.size() / 3) + 1;
    for (const std::string_view candidate : known) {
        // A short name that shares no letter with the other would do, too, but nobody has meant it.
        const std::size_t distance = Distance(name, candidate);
        if (distance < std::min(least, std::max(name.size(), candidate.size()))) {
            least = distance;
            nearest = candidate;
        }
    }
    return nearest;
}

std::string SuggestName(std::string_view name, std::span<const std::string_view> known) {
    if (const std::string_view nearest = NearestName(name, known); !nearest.empty()) {
        return fmt::format("; did you mean '{}'?", nearest);
    }
    return known.empty() ? std::string() : fmt::format("; known: {}", fmt::join(known, ", "));
}

}  // namespace loadtest
