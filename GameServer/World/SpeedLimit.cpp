#include "GameServer/World/SpeedLimit.h"

#include <algorithm>
#include <cmath>

namespace game {

namespace {

// Ways are rounded down, so that an honest client is never put back; in parts of a unit, so that many small steps gain next to nothing.
constexpr std::uint32_t kPartsPerUnit = 16;
constexpr std::uint32_t kBurstSeconds = 2;
// Across a whole zone a thousand times a second; more would not fit the bucket.
constexpr std::uint32_t kFastest = 30'000'000;

[[nodiscard]] servercore::TokenRate RateOf(std::uint32_t maxSpeed) noexcept {
    const std::uint32_t parts = std::min(maxSpeed, kFastest) * kPartsPerUnit;
    return {.perSecond = parts, .burst = parts * kBurstSeconds};
}

[[nodiscard]] std::uint32_t PartsBetween(Position from, Position to) noexcept {
    const double x = static_cast<double>(to.x) - from.x;
    const double y = static_cast<double>(to.y) - from.y;
    return static_cast<std::uint32_t>(std::sqrt(x * x + y * y) * kPartsPerUnit);
}

}  // namespace

SpeedLimit::SpeedLimit(std::uint32_t maxSpeed) noexcept : rate_(RateOf(maxSpeed)), way_(rate_) {}

bool SpeedLimit::TryWalk(Position from, Position to, servercore::TimePoint now) noexcept {
    const std::uint32_t parts = PartsBetween(from, to);
    // A full bucket would let anything pass.
    return !way_.IsLimited() || (parts <= rate_.burst && way_.TryTake(parts, now));
}

}  // namespace game
