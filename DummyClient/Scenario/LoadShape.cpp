#include "DummyClient/Scenario/LoadShape.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "DummyClient/Scenario/RandomArrivals.h"

namespace loadtest {

namespace {

using Duration = servercore::Duration;

// part / whole of `number`, rounded down, without overflow. Precondition: 0 <= part < whole.
std::uint64_t ShareOf(std::uint64_t number, Duration part, Duration whole) noexcept {
    // Long multiplication in base 2, dividing as it goes: the quotient, and a remainder that stays below `divisor`.
    const auto factor = static_cast<std::uint64_t>(part.count());
    const auto divisor = static_cast<std::uint64_t>(whole.count());
    std::uint64_t quotient = 0;
    std::uint64_t remainder = 0;
    for (std::uint64_t bit = std::bit_floor(number); bit != 0; bit /= 2) {
        quotient *= 2;
        remainder *= 2;
        if (remainder >= divisor) {
            remainder -= divisor;
            ++quotient;
        }
        if ((number & bit) != 0) {
            remainder += factor;
            if (remainder >= divisor) {
                remainder -= divisor;
                ++quotient;
            }
        }
    }
    return quotient;
}

// From 0 at 0 to `number` at `over`.
std::uint64_t Rising(std::uint64_t number, Duration now, Duration over) noexcept {
    return now >= over ? number : now <= Duration::zero() ? 0 : ShareOf(number, now, over);
}

struct Moment {
    Duration now;  // 0 to total
    Duration total;
    std::uint64_t bots;
};

Presence PresenceOf(const LoadShape::Steady&, const Moment& moment) noexcept {
    return {.joined = moment.bots, .left = 0};
}

Presence PresenceOf(const LoadShape::Ramp& ramp, const Moment& moment) noexcept {
    const std::uint64_t from = std::min<std::uint64_t>(ramp.from, moment.bots);
    return {.joined = from + Rising(moment.bots - from, moment.now, ramp.over), .left = 0};
}

Presence PresenceOf(const LoadShape::Steps& steps, const Moment& moment) noexcept {
    if (steps.every <= Duration::zero() || moment.now / steps.every + 1 >= static_cast<Duration::rep>(steps.count)) {
        return {.joined = moment.bots, .left = 0};
    }
    const auto taken = Duration(moment.now / steps.every + 1);
    return {.joined = ShareOf(moment.bots, taken, Duration(static_cast<Duration::rep>(steps.count))), .left = 0};
}

// How many of the times at, at + every, at + 2 every, ... have come.
std::uint64_t TimesBy(Duration now, Duration at, Duration every) noexcept {
    if (now < at) {
        return 0;
    }
    return every <= Duration::zero() ? 1 : static_cast<std::uint64_t>((now - at) / every) + 1;
}

Presence PresenceOf(const LoadShape::Spike& spike, const Moment& moment) noexcept {
    const std::uint64_t base = std::min<std::uint64_t>(spike.base, moment.bots);
    const std::uint64_t guests = moment.bots - base;
    // A spike that would begin when the play ends does not.
    const std::uint64_t begun = TimesBy(std::min(moment.now, moment.total - Duration(1)), spike.at, spike.every);
    const std::uint64_t ended = std::min(begun, TimesBy(moment.now, spike.at + spike.length, spike.every));
    return {.joined = base + begun * guests, .left = ended * guests};
}

Presence PresenceOf(const LoadShape::Soak& soak, const Moment& moment) noexcept {
    const Duration over = std::min(soak.over, moment.total / 2);
    return {.joined = Rising(moment.bots, moment.now, over), .left = Rising(moment.bots, moment.now - (moment.total - over), over)};
}

// The first comes half a gap after the start: then rate times duration, rounded, is how many come in all.
std::uint64_t ArrivalsBy(Duration now, double perSecond) noexcept {
    return static_cast<std::uint64_t>(std::chrono::duration<double>(now).count() * perSecond + 0.5);
}

Presence PresenceOf(const LoadShape::Arrival& arrival, const Moment& moment) noexcept {
    const auto by = [&](Duration now) -> std::uint64_t {
        if (now < Duration::zero()) {
            return 0;
        }
        return arrival.random ? RandomArrivalsBy(now, moment.total, ArrivalsBy(moment.total, arrival.perSecond), arrival.seed)
                              : ArrivalsBy(now, arrival.perSecond);
    };
    return {.joined = by(moment.now), .left = arrival.stay > Duration::zero() ? by(moment.now - arrival.stay) : 0};
}

Duration NeedsOf(const LoadShape::Steady&) noexcept {
    return {};
}
Duration NeedsOf(const LoadShape::Ramp& ramp) noexcept {
    return ramp.over;
}
Duration NeedsOf(const LoadShape::Steps& steps) noexcept {
    return static_cast<Duration::rep>(steps.count - std::min<std::size_t>(steps.count, 1)) * steps.every;
}
Duration NeedsOf(const LoadShape::Spike& spike) noexcept {
    return spike.at + spike.length;
}
Duration NeedsOf(const LoadShape::Soak& soak) noexcept {
    return 2 * soak.over;
}
Duration NeedsOf(const LoadShape::Arrival&) noexcept {
    return {};
}

}  // namespace

Presence LoadShape::At(Duration sinceStart, Duration total, std::size_t bots) const noexcept {
    const Moment moment{.now = std::clamp(sinceStart, Duration::zero(), std::max(total, Duration::zero())), .total = total, .bots = bots};
    return std::visit([&moment](const auto& shape) { return PresenceOf(shape, moment); }, kind);
}

Duration LoadShape::Needs() const noexcept {
    return std::visit([](const auto& shape) { return NeedsOf(shape); }, kind);
}

}  // namespace loadtest
