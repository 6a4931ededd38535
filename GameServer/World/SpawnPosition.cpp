#include "GameServer/World/SpawnPosition.h"

#include <cstdint>

#include "Protocol/ZoneRules.h"

namespace game {

namespace {

// The R2 sequence (M. Roberts, 2018): the plastic number's inverse and its square, as fractions of 2^32. Products wrap around, which
// takes the part behind the point.
constexpr std::uint32_t kStepX = 3'242'174'889;
constexpr std::uint32_t kStepY = 2'447'445'414;

[[nodiscard]] std::int32_t Coordinate(std::uint32_t fraction) noexcept {
    constexpr std::uint64_t kPlaces = 2 * std::uint64_t{protocol::kZoneExtent} + 1;
    return static_cast<std::int32_t>(fraction * kPlaces >> 32) - protocol::kZoneExtent;
}

}  // namespace

Position SpawnPositionOf(PlayerId player) noexcept {
    return {.x = Coordinate(player * kStepX), .y = Coordinate(player * kStepY)};
}

}  // namespace game
