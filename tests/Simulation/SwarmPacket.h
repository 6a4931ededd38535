#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "ServerCore/Buffer/SendBuffer.h"
#include "ServerCore/Net/PacketHeader.h"

namespace servercore::test {

enum class SwarmPacketKind : std::uint16_t { First = 1, Own, Echo, Broadcast };

// What a packet of the swarm says, whoever sends it. The rest of its body is derived from the two numbers.
struct SwarmPacket {
    SwarmPacketKind kind = SwarmPacketKind::Own;
    std::uint32_t sender = 0;  // index of the session, or 0 for a broadcast
    std::uint32_t number = 0;  // counted by the sender
};

// `bodyBytes` is raised to what the two numbers need.
[[nodiscard]] SendBufferRef MakeSwarmPacket(SendBufferPool& pool, const SwarmPacket& packet, std::size_t bodyBytes);

// Nothing when the packet is not one that MakeSwarmPacket made.
[[nodiscard]] std::optional<SwarmPacket> ReadSwarmPacket(const PacketView& packet);

// Equal packets have equal digests, others practically never.
[[nodiscard]] std::uint64_t DigestOf(const PacketView& packet);
[[nodiscard]] PacketView ViewOf(const SendBuffer& buffer);

}  // namespace servercore::test
