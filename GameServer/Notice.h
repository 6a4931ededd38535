#pragma once

#include <string_view>

#include "Protocol/Packets.gen.h"
#include "ServerCore/Buffer/SendBuffer.h"

namespace game {

// The last word to a client, and why. `text` is for people.
[[nodiscard]] inline servercore::SendBufferRef MakeNotice(servercore::SendBufferPool& buffers, protocol::DisconnectReason reason,
                                                          std::string_view text) {
    protocol::S_DisconnectNotice notice;
    notice.set_reason(reason);
    notice.set_text(text.data(), text.size());
    return protocol::MakeSendBuffer(buffers, notice);
}

[[nodiscard]] inline servercore::SendBufferRef MakeOverloadNotice(servercore::SendBufferPool& buffers) {
    return MakeNotice(buffers, protocol::DISCONNECT_SERVER_OVERLOADED, "the zone has more to do than it can");
}

}  // namespace game
