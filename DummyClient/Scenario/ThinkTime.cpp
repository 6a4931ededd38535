#include "DummyClient/Scenario/ThinkTime.h"

#include <chrono>
#include <cmath>
#include <numbers>

#include "DummyClient/Scenario/Draws.h"
#include "ServerCore/Base/Assert.h"

namespace loadtest {

namespace {

using servercore::Duration;

Duration FromGaps(double gaps, double perSecond) noexcept {
    return std::chrono::round<Duration>(std::chrono::duration<double>(gaps / perSecond));
}

// Multiples of the golden ratio lie about evenly in a gap, whether there are ten of them or ten thousand.
double PhaseOf(std::size_t bot) noexcept {
    constexpr std::uint64_t kGoldenRatio = 0x9E3779B97F4A7C15U;  // its fraction, times 2^64
    return static_cast<double>((bot * kGoldenRatio) >> 11U) * 0x1p-53;
}

// Never infinite: 1 - Unit is at least 2^-53.
double Exponential(const Draws& draws, std::uint64_t number) noexcept {
    return -std::log(1 - draws.Unit(number));
}

// Of mean 1, for any sigma. The normal numbers are those of Box and Muller.
double LogNormal(const Draws& draws, std::uint64_t number) noexcept {
    constexpr double kSigma = 1;
    const double radius = std::sqrt(2 * Exponential(draws, 2 * number));
    const double normal = radius * std::cos(2 * std::numbers::pi * draws.Unit(2 * number + 1));
    return std::exp(kSigma * normal - kSigma * kSigma / 2);
}

}  // namespace

ThinkGaps::ThinkGaps(double perSecond, ThinkTime think, std::uint64_t seed) noexcept : perSecond_(perSecond), think_(think), seed_(seed) {
    SC_VERIFY(perSecond >= kLeastRate && perSecond <= kGreatestRate);
}

Duration ThinkGaps::First(std::size_t bot) const noexcept {
    // A stream of its own: those of the gaps are numbered by bots.
    const Draws draws(~seed_, bot);
    switch (think_) {
        case ThinkTime::Even: return FromGaps(PhaseOf(bot), perSecond_);
        case ThinkTime::Exponential: return FromGaps(Exponential(draws, 0), perSecond_);
        case ThinkTime::Uniform:
        case ThinkTime::LogNormal: break;
    }
    return FromGaps(draws.Unit(0), perSecond_);
}

Duration ThinkGaps::After(std::size_t bot, std::uint64_t turn) const noexcept {
    const Draws draws(seed_, bot);
    switch (think_) {
        case ThinkTime::Even: break;
        case ThinkTime::Uniform: return FromGaps(0.5 + draws.Unit(turn), perSecond_);
        case ThinkTime::Exponential: return FromGaps(Exponential(draws, turn), perSecond_);
        case ThinkTime::LogNormal: return FromGaps(LogNormal(draws, turn), perSecond_);
    }
    // Between two rounded times, not a rounded gap: rounding must not add up.
    const auto number = static_cast<double>(turn);
    return FromGaps(number + 1, perSecond_) - FromGaps(number, perSecond_);
}

}  // namespace loadtest
