#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "Protocol/Packets.gen.h"
#include "ServerCore/Net/PacketHeader.h"

namespace loadtest::attack {

// Streams of packets as bytes, for attacks that send them in pieces or all at once.
using ByteList = std::vector<std::byte>;

// A packet of that id with that body, sensible or not.
void AppendPacket(ByteList& bytes, std::uint16_t id, std::string_view body);

template <class Message>
void AppendMessage(ByteList& bytes, const Message& message) {
    AppendPacket(bytes, game::protocol::PacketOf<Message>::kInfo.id, message.SerializeAsString());
}

void AppendHello(ByteList& bytes);
void AppendLogin(ByteList& bytes, std::string_view name);
void AppendPing(ByteList& bytes, std::uint64_t number);

// False: the body is none of this message.
template <class Message>
[[nodiscard]] bool ReadBody(const servercore::PacketView& packet, Message& message) {
    return message.ParseFromArray(packet.body.data(), static_cast<int>(packet.body.size()));
}

// The number of the ping that this answers; nothing: it answers none.
[[nodiscard]] std::optional<std::uint64_t> AnsweredPing(const servercore::PacketView& packet);

}  // namespace loadtest::attack
