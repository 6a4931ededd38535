#include "tests/Fuzz/ReferenceFraming.h"

#include "ServerCore/Net/PacketHeader.h"

namespace servercore::test {

Framing FrameWhole(ConstBytes stream, std::size_t maxPacketBytes) {
    Framing framing;
    while (stream.size() >= kPacketHeaderBytes) {
        const std::size_t size = LoadLittleEndian16(stream);
        if (size < kPacketHeaderBytes || size > maxPacketBytes) {
            framing.error = size < kPacketHeaderBytes ? FrameError::TooSmall : FrameError::TooLarge;
            return framing;
        }
        if (size > stream.size()) {
            break;
        }
        framing.packets.emplace_back(reinterpret_cast<const char*>(stream.data()), size);
        stream = stream.subspan(size);
    }
    framing.rest = stream.size();
    return framing;
}

std::string Reassemble(const PacketView& packet) {
    std::string whole(kPacketHeaderBytes, '\0');
    const MutableBytes header = std::as_writable_bytes(std::span(whole));
    StoreLittleEndian16(header, static_cast<std::uint16_t>(kPacketHeaderBytes + packet.body.size()));
    StoreLittleEndian16(header.subspan(2), packet.id);
    return whole.append(reinterpret_cast<const char*>(packet.body.data()), packet.body.size());
}

}  // namespace servercore::test
