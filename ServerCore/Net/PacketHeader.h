#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "ServerCore/Base/Assert.h"
#include "ServerCore/Base/Bytes.h"

namespace servercore {

// Protocol/STANDARD.md: uint16 size (whole packet, header included), uint16 id, both little-endian, then the body.
inline constexpr std::size_t kPacketHeaderBytes = 4;
inline constexpr std::size_t kMaxPacketBytes = 65535;

// One complete packet; the body refers to memory of the receive path and is valid during the callback only.
struct PacketView {
    std::uint16_t id = 0;
    ConstBytes body;
};

// Writes the header of a packet that fills `packet` exactly. Precondition: kPacketHeaderBytes <= packet.size() <= kMaxPacketBytes.
inline void WritePacketHeader(MutableBytes packet, std::uint16_t id) noexcept {
    SC_ASSERT(packet.size() >= kPacketHeaderBytes && packet.size() <= kMaxPacketBytes);
    StoreLittleEndian16(packet, static_cast<std::uint16_t>(packet.size()));
    StoreLittleEndian16(packet.subspan(2), id);
}

// Header and body. Precondition: packet.size() == kPacketHeaderBytes + body.size().
inline void WritePacket(MutableBytes packet, std::uint16_t id, ConstBytes body) noexcept {
    WritePacketHeader(packet, id);
    std::copy(body.begin(), body.end(), packet.begin() + kPacketHeaderBytes);
}

}  // namespace servercore
