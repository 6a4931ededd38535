#include "DummyClient/World/MoveLog.h"

#include <limits>

namespace loadtest {

namespace {

static_assert(game::protocol::kZoneExtent <= std::numeric_limits<std::int16_t>::max(), "a coordinate has 16 bits in a slot");

std::uint64_t Pack(std::uint32_t sequence, Point at) noexcept {
    const auto low = [](std::int32_t coordinate) { return std::uint64_t{static_cast<std::uint16_t>(coordinate)}; };
    return (std::uint64_t{sequence} << 32U) | (low(at.x) << 16U) | low(at.y);
}

}  // namespace

void MoveLog::Note(std::uint32_t sequence, Point at) noexcept {
    slots_[sequence % kKept].store(Pack(sequence, at));
}

MoveLog::Finding MoveLog::Compare(std::uint32_t sequence, Point at) const noexcept {
    const std::uint64_t slot = slots_[sequence % kKept].load();
    if (slot >> 32U > sequence) {
        return Finding::Forgotten;
    }
    return sequence > 0 && game::protocol::IsInZone(at.x, at.y) && slot == Pack(sequence, at) ? Finding::Same : Finding::Different;
}

}  // namespace loadtest
