#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace loadtest {

// `total` in parts as `weights` are to one another: whole numbers of that exact sum, each at least 1, and less than 1 away from the exact
// part unless those that were raised to 1 take more. Precondition: total >= the number of weights, of which one is not zero.
[[nodiscard]] std::vector<std::size_t> ShareOut(std::size_t total, std::span<const std::size_t> weights);

}  // namespace loadtest
