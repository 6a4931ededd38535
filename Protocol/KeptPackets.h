#pragma once

#include <cstdint>

#include "Protocol/Packets.gen.h"

namespace game::protocol {

// The packets of the server that survive a broken connection. Both sides count them, from 1 with the first after S_LoginResult; the client
// tells its count now and then (C_Ping) and when it takes its player over (C_Resume), and the server sends again what had not arrived.
// The others answer something of this connection, or are soon out of date.
[[nodiscard]] constexpr bool IsKept(std::uint16_t id) noexcept {
    switch (static_cast<PacketId>(id)) {
        case PacketId::S_ZoneEntered:
        case PacketId::S_PlayersEntered:
        case PacketId::S_PlayersLeft:
        case PacketId::S_PositionCorrected:
        case PacketId::S_Chat:
        case PacketId::S_Whisper:
        case PacketId::S_WhisperResult:
        case PacketId::S_Announcement: return true;
        default: return false;
    }
}

}  // namespace game::protocol
