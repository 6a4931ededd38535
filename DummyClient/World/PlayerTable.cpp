#include "DummyClient/World/PlayerTable.h"

#include <bit>

namespace loadtest {

namespace {

constexpr std::uint32_t IdOf(std::uint64_t slot) noexcept {
    return static_cast<std::uint32_t>(slot >> 32U);
}

}  // namespace

PlayerTable::PlayerTable(std::size_t bots) : slots_(std::bit_ceil(bots * 4)) {}

std::size_t PlayerTable::SlotFor(std::uint32_t playerId) const noexcept {
    const std::uint32_t mixed = playerId * 0x9E3779B1U;
    return mixed & (slots_.size() - 1);
}

// Relaxed: a slot is one value, and refers to nothing else in memory.
bool PlayerTable::TryAdd(std::uint32_t playerId, std::size_t bot) noexcept {
    const std::uint64_t wanted = (std::uint64_t{playerId} << 32U) | bot;
    std::size_t at = SlotFor(playerId);
    for (std::size_t probes = 0; probes < slots_.size(); ++probes) {
        std::uint64_t found = 0;
        if (slots_[at].compare_exchange_strong(found, wanted, std::memory_order_relaxed)) {
            return true;
        }
        if (IdOf(found) == playerId) {
            return false;
        }
        at = (at + 1) & (slots_.size() - 1);
    }
    return false;
}

std::optional<std::size_t> PlayerTable::Find(std::uint32_t playerId) const noexcept {
    std::size_t at = SlotFor(playerId);
    for (std::size_t probes = 0; probes < slots_.size(); ++probes) {
        const std::uint64_t slot = slots_[at].load(std::memory_order_relaxed);
        if (slot == 0) {
            return std::nullopt;
        }
        if (IdOf(slot) == playerId) {
            return static_cast<std::size_t>(slot & 0xFFFFFFFFU);
        }
        at = (at + 1) & (slots_.size() - 1);
    }
    return std::nullopt;
}

}  // namespace loadtest
