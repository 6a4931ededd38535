#include "ServerCore/Packet/PacketVerdict.h"

namespace servercore {

std::string_view ToString(PacketVerdict verdict) noexcept {
    switch (verdict) {
        case PacketVerdict::Accepted: return "Accepted";
        case PacketVerdict::Unknown: return "Unknown";
        case PacketVerdict::WrongState: return "WrongState";
        case PacketVerdict::TooLarge: return "TooLarge";
        case PacketVerdict::TooCostly: return "TooCostly";
        case PacketVerdict::Malformed: return "Malformed";
        case PacketVerdict::Refused: return "Refused";
    }
    return "?";
}

}  // namespace servercore
