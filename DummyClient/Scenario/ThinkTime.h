#pragma once

#include <cstddef>
#include <cstdint>

#include "ServerCore/Base/Clock.h"

namespace loadtest {

// How the gaps between the messages of a bot are spread about their mean.
enum class ThinkTime : std::uint8_t {
    Even,         // all the same
    Uniform,      // half to one and a half of the mean
    Exponential,  // whatever was sent before says nothing about the next one (a Poisson process)
    LogNormal,    // as people do: mostly short, now and then long (sigma 1: half of them are below 0.61 of the mean)
};

// The gaps of every bot: functions of seed, bot and turn alone, whoever else is there.
// Threads: immutable.
class ThinkGaps {
public:
    static constexpr double kLeastRate = 0.0001;
    static constexpr double kGreatestRate = 1'000'000;

    // Precondition (verified): perSecond is kLeastRate to kGreatestRate.
    ThinkGaps(double perSecond, ThinkTime think, std::uint64_t seed) noexcept;

    // From when a bot begins until its first message: part of a gap, so that bots who begin together do not send together. Even ones lie
    // about evenly in it, however many they are.
    [[nodiscard]] servercore::Duration First(std::size_t bot) const noexcept;
    // From message number `turn` (from 0) of a bot to the next one.
    [[nodiscard]] servercore::Duration After(std::size_t bot, std::uint64_t turn) const noexcept;

private:
    const double perSecond_;
    const ThinkTime think_;
    const std::uint64_t seed_;
};

}  // namespace loadtest
