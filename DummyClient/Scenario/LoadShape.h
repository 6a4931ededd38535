#pragma once

#include <cstddef>
#include <cstdint>
#include <variant>

#include "ServerCore/Base/Clock.h"

namespace loadtest {

// How many bots are to have joined by some time, and how many of them are to have been told to leave; neither ever decreases.
struct Presence {
    std::uint64_t joined = 0;
    std::uint64_t left = 0;

    [[nodiscard]] std::uint64_t Present() const noexcept { return joined - left; }
    bool operator==(const Presence&) const = default;
};

// How many bots of a group are there while the play goes on.
// Threads: immutable; a value.
struct LoadShape {
    using Duration = servercore::Duration;

    // All of them, connected before the play begins.
    struct Steady {
        bool operator==(const Steady&) const = default;
    };
    // More and more: `from` at the start, all of them after `over`.
    struct Ramp {
        Duration over{};
        std::size_t from = 0;
        bool operator==(const Ramp&) const = default;
    };
    // A `count`-th at the start, and one more every `every` until all are there.
    struct Steps {
        std::size_t count = 1;
        Duration every{};
        bool operator==(const Steps&) const = default;
    };
    // `base` of them; from `at` on for `length` all of them. Again `every` so often, if that is not zero (then it is longer than `length`).
    // Those who come back are new bots.
    struct Spike {
        std::size_t base = 0;
        Duration at{};
        Duration length{};
        Duration every{};
        bool operator==(const Spike&) const = default;
    };
    // All of them come over `over` at the start, and go over `over` at the end.
    struct Soak {
        Duration over{};
        bool operator==(const Soak&) const = default;
    };
    // New bots all the time, whatever the number of bots says. `random`: they come when they like, `perSecond` on average (a Poisson
    // process whose whole number is given: as many come in the whole run as if they came evenly).
    struct Arrival {
        double perSecond = 1;
        Duration stay{};  // 0: until the bot is done by itself; nobody is told to leave
        bool random = false;
        std::uint64_t seed = 0;
        bool operator==(const Arrival&) const = default;
    };
    using Kind = std::variant<Steady, Ramp, Steps, Spike, Soak, Arrival>;

    Kind kind;

    // `sinceStart`: of the play, warm-up included; before 0 and after `total` nothing changes. `total`: how long the play lasts.
    // Costs a microsecond or two at most, whatever the numbers.
    [[nodiscard]] Presence At(Duration sinceStart, Duration total, std::size_t bots) const noexcept;
    // How many join in the whole run: that many bots, numbered in the order of their joining, are needed. They leave in the same order, but
    // for Spike: those who come for a spike leave after it, the base stays.
    [[nodiscard]] std::uint64_t Joins(Duration total, std::size_t bots) const noexcept { return At(total, total, bots).joined; }

    [[nodiscard]] bool IsSteady() const noexcept { return std::holds_alternative<Steady>(kind); }
    // Bots come by a rate, not by a number.
    [[nodiscard]] bool IsArrival() const noexcept { return std::holds_alternative<Arrival>(kind); }
    // How long a play has to be for all of it.
    [[nodiscard]] Duration Needs() const noexcept;

    bool operator==(const LoadShape&) const = default;
};

}  // namespace loadtest
