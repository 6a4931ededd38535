#include "ServerCore/Packet/PacketDispatch.h"

namespace servercore {

PacketVerdict JudgeUnparsed(std::span<const PacketInfo> table, const PacketView& packet, StateMask state, std::size_t& place) noexcept {
    place = FindPacket(table, packet.id);
    if (place == table.size()) {
        return PacketVerdict::Unknown;
    }
    const PacketInfo& info = table[place];
    if ((info.states & state) == 0) {
        return PacketVerdict::WrongState;
    }
    return kPacketHeaderBytes + packet.body.size() > info.maxBytes ? PacketVerdict::TooLarge : PacketVerdict::Accepted;
}

}  // namespace servercore
