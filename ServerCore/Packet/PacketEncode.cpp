#include "ServerCore/Packet/PacketEncode.h"

#include <cstddef>
#include <cstdint>

#include "ServerCore/Net/PacketHeader.h"

namespace servercore {

SendBufferRef EncodePacket(SendBufferPool& buffers, const PacketInfo& info, const google::protobuf::MessageLite& message) {
    const std::size_t size = kPacketHeaderBytes + message.ByteSizeLong();
    if (size > info.maxBytes) {
        return {};
    }
    SendBufferRef buffer = buffers.Allocate(size);
    const MutableBytes bytes = buffer->Writable();
    WritePacketHeader(bytes, info.id);
    message.SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t*>(bytes.subspan(kPacketHeaderBytes).data()));
    return buffer;
}

}  // namespace servercore
