#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "ServerCore/Base/Bytes.h"
#include "ServerCore/Net/PacketFramer.h"

namespace servercore::test {

// What a stream of packets says, read from the standard (Protocol/STANDARD.md) in the plainest way.
struct Framing {
    std::vector<std::string> packets;  // whole, headers included
    FrameError error = FrameError::None;
    std::size_t rest = 0;  // bytes of a packet that is incomplete; without an error only
};

[[nodiscard]] Framing FrameWhole(ConstBytes stream, std::size_t maxPacketBytes);

// A packet that a framer has handed out, as it was in the stream.
[[nodiscard]] std::string Reassemble(const PacketView& packet);

}  // namespace servercore::test
