#pragma once

#include <optional>

#include <google/protobuf/message_lite.h>

#include "Protocol/PacketId.h"
#include "ServerCore/Base/Bytes.h"
#include "ServerCore/Buffer/SendBuffer.h"

namespace game::protocol {

// Header and message, serialised straight into a pooled buffer. Empty when the packet would be larger than the wire format allows
// (servercore::kMaxPacketBytes).
[[nodiscard]] servercore::SendBufferRef MakePacket(servercore::SendBufferPool& buffers, PacketId id,
                                                   const google::protobuf::MessageLite& message);

template <class Message>
[[nodiscard]] servercore::SendBufferRef MakePacket(servercore::SendBufferPool& buffers, const Message& message) {
    return MakePacket(buffers, PacketIdOf<Message>::value, message);
}

// Replaces the contents of `message`, whose memory is used again. False: not such a message; its contents are then unspecified.
[[nodiscard]] bool TryParse(servercore::ConstBytes body, google::protobuf::MessageLite& message);

template <class Message>
[[nodiscard]] std::optional<Message> ParsePacket(servercore::ConstBytes body) {
    std::optional<Message> message(std::in_place);
    if (!TryParse(body, *message)) {
        message.reset();
    }
    return message;
}

}  // namespace game::protocol
