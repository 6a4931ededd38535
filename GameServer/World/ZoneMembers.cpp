#include "GameServer/World/ZoneMembers.h"

#include <utility>

namespace game {

Member* ZoneMembers::Find(PlayerId player) noexcept {
    const auto found = slotOf_.find(player);
    return found == slotOf_.end() ? nullptr : slots_[found->second].get();
}

Member& ZoneMembers::Add(std::unique_ptr<Member> member) {
    if (free_.empty()) {
        free_.reserve(slots_.size() + 1);
        slots_.emplace_back();
        free_.push_back(static_cast<std::uint32_t>(slots_.size() - 1));
    }
    const std::uint32_t slot = free_.back();
    slotOf_.emplace(member->info.id, slot);
    free_.pop_back();
    member->slot = slot;
    slots_[slot] = std::move(member);
    return *slots_[slot];
}

std::unique_ptr<Member> ZoneMembers::Take(std::uint32_t slot) noexcept {
    std::unique_ptr<Member> member = std::move(slots_[slot]);
    slotOf_.erase(member->info.id);
    free_.push_back(slot);
    return member;
}

}  // namespace game
