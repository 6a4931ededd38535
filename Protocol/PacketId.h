#pragma once

#include <cstdint>

#include "Protocol/Schema/Session.pb.h"
#include "Protocol/Schema/Zone.pb.h"

namespace game::protocol {

// On the wire: never renumber, never reuse. The high bit tells the direction.
enum class PacketId : std::uint16_t {
    // Client to server.
    C_Hello = 0x0001,
    C_Login = 0x0002,
    C_EnterZone = 0x0003,
    C_Move = 0x0004,
    C_Chat = 0x0005,
    C_Leave = 0x0006,
    C_Ping = 0x0007,

    // Server to client.
    S_Hello = 0x8001,
    S_LoginResult = 0x8002,
    S_ZoneEntered = 0x8003,
    S_PlayersEntered = 0x8004,
    S_PlayersLeft = 0x8005,
    S_MoveBatch = 0x8006,
    S_Chat = 0x8007,
    S_Pong = 0x8008,
    S_DisconnectNotice = 0x8009,
};

// The id under which a message travels; a message without one does not compile as a packet.
template <class Message>
struct PacketIdOf;

template <PacketId Id>
struct PacketIdIs {
    static constexpr PacketId value = Id;
};

// clang-format off
template <> struct PacketIdOf<C_Hello> : PacketIdIs<PacketId::C_Hello> {};
template <> struct PacketIdOf<C_Login> : PacketIdIs<PacketId::C_Login> {};
template <> struct PacketIdOf<C_EnterZone> : PacketIdIs<PacketId::C_EnterZone> {};
template <> struct PacketIdOf<C_Move> : PacketIdIs<PacketId::C_Move> {};
template <> struct PacketIdOf<C_Chat> : PacketIdIs<PacketId::C_Chat> {};
template <> struct PacketIdOf<C_Leave> : PacketIdIs<PacketId::C_Leave> {};
template <> struct PacketIdOf<C_Ping> : PacketIdIs<PacketId::C_Ping> {};
template <> struct PacketIdOf<S_Hello> : PacketIdIs<PacketId::S_Hello> {};
template <> struct PacketIdOf<S_LoginResult> : PacketIdIs<PacketId::S_LoginResult> {};
template <> struct PacketIdOf<S_ZoneEntered> : PacketIdIs<PacketId::S_ZoneEntered> {};
template <> struct PacketIdOf<S_PlayersEntered> : PacketIdIs<PacketId::S_PlayersEntered> {};
template <> struct PacketIdOf<S_PlayersLeft> : PacketIdIs<PacketId::S_PlayersLeft> {};
template <> struct PacketIdOf<S_MoveBatch> : PacketIdIs<PacketId::S_MoveBatch> {};
template <> struct PacketIdOf<S_Chat> : PacketIdIs<PacketId::S_Chat> {};
template <> struct PacketIdOf<S_Pong> : PacketIdIs<PacketId::S_Pong> {};
template <> struct PacketIdOf<S_DisconnectNotice> : PacketIdIs<PacketId::S_DisconnectNotice> {};
// clang-format on

}  // namespace game::protocol
