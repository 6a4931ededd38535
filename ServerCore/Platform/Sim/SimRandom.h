#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include "ServerCore/Base/Bytes.h"
#include "ServerCore/Base/Clock.h"

namespace servercore::platform {

// Chance that is the same on every platform: the standard fixes the numbers of std::mt19937_64, but not those of its distributions, so the
// arithmetic is our own. Draws are steps of the run: their order must not depend on the order in which arguments are evaluated.
// Threads: confined to the simulation's.
class SimRandom {
public:
    // The first numbers come from the script, two bytes each: a fuzzer decides by it what happens. Those after it come from the seed.
    explicit SimRandom(std::uint64_t seed, std::vector<std::byte> script = {}) : engine_(seed), script_(std::move(script)) {}

    [[nodiscard]] std::uint64_t Next() {
        if (position_ + 2 > script_.size()) {
            return engine_();
        }
        const std::uint64_t number = LoadLittleEndian16(ConstBytes(script_).subspan(position_));
        position_ += 2;
        return number * 0x0001'0001'0001'0001U;  // the same in the high bits, which Chance looks at, and in the low ones
    }

    // 0 <= result < bound. The modulo favours small numbers by less than bound / 2^64.
    [[nodiscard]] std::uint64_t Below(std::uint64_t bound) { return Next() % bound; }

    // Both ends included.
    [[nodiscard]] std::uint64_t Between(std::uint64_t low, std::uint64_t high) { return low + Below(high - low + 1); }

    // 0 never happens, 1 always.
    [[nodiscard]] bool Chance(double probability) { return static_cast<double>(Next() >> 11U) * 0x1p-53 < probability; }

    [[nodiscard]] Duration UpTo(Duration longest) {
        return Duration(static_cast<Duration::rep>(Between(0, static_cast<std::uint64_t>(longest.count()))));
    }

private:
    std::mt19937_64 engine_;
    std::vector<std::byte> script_;
    std::size_t position_ = 0;
};

}  // namespace servercore::platform
