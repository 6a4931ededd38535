#include "tests/Simulation/SwarmPacket.h"

#include <algorithm>
#include <cstring>

namespace servercore::test {

namespace {

struct Head {
    std::uint32_t sender;
    std::uint32_t number;
};

constexpr std::uint64_t kPrime = 1099511628211U;

std::uint64_t Mixed(std::uint64_t hash, std::uint64_t value) {
    hash = (hash ^ value) * kPrime;
    return hash ^ (hash >> 29U);
}

// Filler byte i of the packet.
std::byte FillerByte(const Head& head, std::size_t i) {
    return static_cast<std::byte>((head.sender * 31U + head.number * 7U + static_cast<std::uint32_t>(i)) & 0xFFU);
}

}  // namespace

SendBufferRef MakeSwarmPacket(SendBufferPool& pool, const SwarmPacket& packet, std::size_t bodyBytes) {
    const Head head{.sender = packet.sender, .number = packet.number};
    SendBufferRef buffer = pool.Allocate(kPacketHeaderBytes + std::max(bodyBytes, sizeof head));
    const MutableBytes bytes = buffer->Writable();
    WritePacketHeader(bytes, static_cast<std::uint16_t>(packet.kind));
    const MutableBytes body = bytes.subspan(kPacketHeaderBytes);
    std::memcpy(body.data(), &head, sizeof head);
    for (std::size_t i = sizeof head; i < body.size(); ++i) {
        body[i] = FillerByte(head, i);
    }
    return buffer;
}

std::optional<SwarmPacket> ReadSwarmPacket(const PacketView& packet) {
    Head head{};
    if (packet.body.size() < sizeof head) {
        return std::nullopt;
    }
    std::memcpy(&head, packet.body.data(), sizeof head);
    for (std::size_t i = sizeof head; i < packet.body.size(); ++i) {
        if (packet.body[i] != FillerByte(head, i)) {
            return std::nullopt;
        }
    }
    return SwarmPacket{.kind = static_cast<SwarmPacketKind>(packet.id), .sender = head.sender, .number = head.number};
}

std::uint64_t DigestOf(const PacketView& packet) {
    std::uint64_t hash = Mixed(packet.id, packet.body.size());
    std::uint64_t word = 0;
    ConstBytes rest = packet.body;
    for (; rest.size() >= sizeof word; rest = rest.subspan(sizeof word)) {
        std::memcpy(&word, rest.data(), sizeof word);
        hash = Mixed(hash, word);
    }
    word = 0;
    std::memcpy(&word, rest.data(), rest.size());
    return Mixed(hash, word);
}

PacketView ViewOf(const SendBuffer& buffer) {
    const ConstBytes bytes = buffer.Bytes();
    return {.id = LoadLittleEndian16(bytes.subspan(2)), .body = bytes.subspan(kPacketHeaderBytes)};
}

}  // namespace servercore::test
