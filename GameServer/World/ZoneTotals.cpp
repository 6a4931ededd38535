#include "GameServer/World/ZoneTotals.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

namespace game {

ZoneTotals& ZoneTotals::operator+=(const ZoneTotals& other) noexcept {
    ticks += other.ticks;
    lateTicks += other.lateTicks;
    worstSlip = std::max(worstSlip, other.worstSlip);
    entered += other.entered;
    left += other.left;
    present += other.present;
    moves += other.moves;
    corrected += other.corrected;
    chats += other.chats;
    deliveries += other.deliveries;
    jobsFailed += other.jobsFailed;
    return *this;
}

std::string ToString(const WorldTotals& totals) {
    return fmt::format(
        "world zones={} ticks={} late_ticks={} worst_slip_ms={} entered={} left={} present={} moves={} corrected={} chats={} whispers={} "
        "deliveries={} jobs_failed={}\n",
        totals.zones, totals.ticks, totals.lateTicks, std::chrono::duration_cast<std::chrono::milliseconds>(totals.worstSlip).count(),
        totals.entered, totals.left, totals.present, totals.moves, totals.corrected, totals.chats, totals.whispers, totals.deliveries,
        totals.jobsFailed);
}

}  // namespace game
