#include "Protocol/PacketCodec.h"

#include <cstddef>
#include <cstdint>

#include "ServerCore/Net/PacketHeader.h"

namespace game::protocol {

servercore::SendBufferRef MakePacket(servercore::SendBufferPool& buffers, PacketId id, const google::protobuf::MessageLite& message) {
    const std::size_t size = servercore::kPacketHeaderBytes + message.ByteSizeLong();
    if (size > servercore::kMaxPacketBytes) {
        return {};
    }
    servercore::SendBufferRef buffer = buffers.Allocate(size);
    const servercore::MutableBytes bytes = buffer->Writable();
    servercore::WritePacketHeader(bytes, static_cast<std::uint16_t>(id));
    message.SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t*>(bytes.subspan(servercore::kPacketHeaderBytes).data()));
    return buffer;
}

bool TryParse(servercore::ConstBytes body, google::protobuf::MessageLite& message) {
    return message.ParseFromArray(body.data(), static_cast<int>(body.size()));
}

}  // namespace game::protocol
