#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "ServerCore/Base/Clock.h"

namespace game {

// What a zone did in its life.
struct ZoneTotals {
    std::uint64_t ticks = 0;
    std::uint64_t lateTicks = 0;       // began more than a period after they were due
    servercore::Duration worstSlip{};  // of all ticks
    std::uint64_t entered = 0;
    std::uint64_t left = 0;
    std::size_t present = 0;
    std::uint64_t moves = 0;      // taken
    std::uint64_t corrected = 0;  // S_PositionCorrected
    std::uint64_t chats = 0;
    std::uint64_t deliveries = 0;  // S_Moved and S_Chat, once for each receiver
    std::uint64_t jobsFailed = 0;  // threw

    ZoneTotals& operator+=(const ZoneTotals& other) noexcept;
};

// Of all zones together.
struct WorldTotals : ZoneTotals {
    std::size_t zones = 0;
    std::uint64_t whispers = 0;  // for whoever carries them to fill in: they pass by the zones
};

// One line, "world key=value ...".
[[nodiscard]] std::string ToString(const WorldTotals& totals);

}  // namespace game
