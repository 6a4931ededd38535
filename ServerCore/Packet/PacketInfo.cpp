#include "ServerCore/Packet/PacketInfo.h"

#include <algorithm>

namespace servercore {

std::size_t FindPacket(std::span<const PacketInfo> table, std::uint16_t id) noexcept {
    const auto found =
        std::lower_bound(table.begin(), table.end(), id, [](const PacketInfo& info, std::uint16_t wanted) { return info.id < wanted; });
    return found != table.end() && found->id == id ? static_cast<std::size_t>(found - table.begin()) : table.size();
}

std::size_t LargestPacket(std::span<const PacketInfo> table) noexcept {
    std::size_t largest = 0;
    for (const PacketInfo& info : table) {
        largest = std::max(largest, info.maxBytes);
    }
    return largest;
}

std::vector<PacketIdLimit> PacketIdLimitsOf(std::span<const PacketInfo> table) {
    std::vector<PacketIdLimit> limits;
    for (const PacketInfo& info : table) {
        if (info.cost != 1 || info.rate.perSecond != 0) {
            limits.push_back({.id = info.id, .cost = info.cost, .rate = info.rate});
        }
    }
    return limits;
}

}  // namespace servercore
