#include "DummyClient/Scenario/RandomArrivals.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "DummyClient/Scenario/Draws.h"

namespace loadtest {

namespace {

// A random word is 64 coins.
constexpr std::uint64_t kCoinsPerWord = 64;
constexpr std::uint64_t kMostCoins = 4096;

std::uint64_t CountHeads(std::uint64_t coins, const Draws& draws) noexcept {
    std::uint64_t heads = 0;
    for (std::uint64_t word = 0; word < coins / kCoinsPerWord; ++word) {
        heads += static_cast<std::uint64_t>(std::popcount(draws.Bits(word)));
    }
    const std::uint64_t mask = (std::uint64_t{1} << (coins % kCoinsPerWord)) - 1;
    return heads + static_cast<std::uint64_t>(std::popcount(draws.Bits(coins / kCoinsPerWord) & mask));
}

// More coins than kMostCoins: heads of so many, stretched to the spread of all (it grows with the square root) and smeared over the steps
// between. Only sums, products and square roots, which every machine rounds alike.
std::uint64_t StretchHeads(std::uint64_t coins, const Draws& draws) noexcept {
    const double deviation = static_cast<double>(CountHeads(kMostCoins, draws)) - static_cast<double>(kMostCoins) / 2;
    const double smear = draws.Unit(kMostCoins) - 0.5;
    const double all = static_cast<double>(coins);
    const double heads = all / 2 + (deviation + smear) * std::sqrt(all / static_cast<double>(kMostCoins));
    return static_cast<std::uint64_t>(std::clamp(heads, 0.0, all));
}

}  // namespace

std::uint64_t RandomArrivalsBy(servercore::Duration now, servercore::Duration total, std::uint64_t arrivals, std::uint64_t seed) noexcept {
    if (now >= total) {
        return arrivals;
    }
    if (now < servercore::Duration::zero()) {
        return 0;
    }
    servercore::Duration begin{};
    servercore::Duration end = total;
    std::uint64_t here = arrivals;  // in [begin, end)
    std::uint64_t before = 0;
    std::uint64_t node = 1;  // of the tree of halves, as in a heap
    while (here > 0 && end - begin > servercore::Duration(1)) {
        const servercore::Duration middle = begin + (end - begin) / 2;
        const Draws draws(seed, node);
        const std::uint64_t inFirst = here > kMostCoins ? StretchHeads(here, draws) : CountHeads(here, draws);
        if (now < middle) {
            end = middle;
            here = inFirst;
            node = 2 * node;
        } else {
            begin = middle;
            before += inFirst;
            here -= inFirst;
            node = 2 * node + 1;
        }
    }
    return before + here;
}

}  // namespace loadtest
