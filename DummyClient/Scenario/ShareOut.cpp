#include "DummyClient/Scenario/ShareOut.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ServerCore/Base/Assert.h"

namespace loadtest {

std::vector<std::size_t> ShareOut(std::size_t total, std::span<const std::size_t> weights) {
    const auto sum = static_cast<double>(std::accumulate(weights.begin(), weights.end(), std::size_t{0}));
    SC_VERIFY(total >= weights.size() && sum > 0);
    std::vector<double> exact;
    std::vector<std::size_t> shares;
    for (const std::size_t weight : weights) {
        exact.push_back(static_cast<double>(total) * static_cast<double>(weight) / sum);
        shares.push_back(std::max<std::size_t>(1, static_cast<std::size_t>(std::floor(exact.back()))));
    }
    // Fewer steps than there are shares: rounding took less than 1 from each, and raising to 1 added less than 1 to each.
    std::size_t given = std::accumulate(shares.begin(), shares.end(), std::size_t{0});
    const auto lacks = [&](std::size_t i) { return exact[i] - static_cast<double>(shares[i]); };
    for (; given < total; ++given) {
        std::size_t poorest = 0;
        for (std::size_t i = 1; i < shares.size(); ++i) {
            poorest = lacks(i) > lacks(poorest) ? i : poorest;
        }
        ++shares[poorest];
    }
    for (; given > total; --given) {
        // Only one that has more than 1 can give; there is one, for the total is enough for 1 each.
        std::size_t richest = 0;
        for (std::size_t i = 1; i < shares.size(); ++i) {
            const bool isRicher = shares[richest] <= 1 || lacks(i) < lacks(richest);
            richest = shares[i] > 1 && isRicher ? i : richest;
        }
        --shares[richest];
    }
    return shares;
}

}  // namespace loadtest
