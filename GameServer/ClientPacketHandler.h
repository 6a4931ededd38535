#pragma once

#include <cstdint>

#include "Protocol/Schema/Session.pb.h"
#include "Protocol/Schema/Zone.pb.h"
#include "ServerCore/Net/PacketHeader.h"

namespace game {

// What became of a packet.
enum class PacketVerdict : std::uint8_t {
    Accepted,
    Unknown,    // no such packet
    Malformed,  // the body does not parse, breaks a rule, or the packet is not allowed now
};

// Takes the packets of one client.
class ClientPacketReceiver {
public:
    [[nodiscard]] virtual PacketVerdict OnHello(const protocol::C_Hello& packet) = 0;
    [[nodiscard]] virtual PacketVerdict OnLogin(const protocol::C_Login& packet) = 0;
    [[nodiscard]] virtual PacketVerdict OnEnterZone(const protocol::C_EnterZone& packet) = 0;
    [[nodiscard]] virtual PacketVerdict OnMove(const protocol::C_Move& packet) = 0;
    [[nodiscard]] virtual PacketVerdict OnChat(const protocol::C_Chat& packet) = 0;
    [[nodiscard]] virtual PacketVerdict OnLeave(const protocol::C_Leave& packet) = 0;
    [[nodiscard]] virtual PacketVerdict OnPing(const protocol::C_Ping& packet) = 0;

protected:
    ~ClientPacketReceiver() = default;
};

// From the packet's id to its message to its receiver.
[[nodiscard]] PacketVerdict HandleClientPacket(const servercore::PacketView& packet, ClientPacketReceiver& receiver);

}  // namespace game
