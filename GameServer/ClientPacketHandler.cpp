#include "GameServer/ClientPacketHandler.h"

#include <optional>

#include "Protocol/PacketCodec.h"
#include "Protocol/PacketId.h"

namespace game {

namespace {

template <class Message>
PacketVerdict Handle(servercore::ConstBytes body, ClientPacketReceiver& receiver,
                     PacketVerdict (ClientPacketReceiver::*on)(const Message&)) {
    const std::optional<Message> message = protocol::ParsePacket<Message>(body);
    return message ? (receiver.*on)(*message) : PacketVerdict::Malformed;
}

}  // namespace

PacketVerdict HandleClientPacket(const servercore::PacketView& packet, ClientPacketReceiver& receiver) {
    using protocol::PacketId;
    switch (static_cast<PacketId>(packet.id)) {
        case PacketId::C_Hello: return Handle(packet.body, receiver, &ClientPacketReceiver::OnHello);
        case PacketId::C_Login: return Handle(packet.body, receiver, &ClientPacketReceiver::OnLogin);
        case PacketId::C_EnterZone: return Handle(packet.body, receiver, &ClientPacketReceiver::OnEnterZone);
        case PacketId::C_Move: return Handle(packet.body, receiver, &ClientPacketReceiver::OnMove);
        case PacketId::C_Chat: return Handle(packet.body, receiver, &ClientPacketReceiver::OnChat);
        case PacketId::C_Leave: return Handle(packet.body, receiver, &ClientPacketReceiver::OnLeave);
        case PacketId::C_Ping: return Handle(packet.body, receiver, &ClientPacketReceiver::OnPing);
        default: return PacketVerdict::Unknown;
    }
}

}  // namespace game
