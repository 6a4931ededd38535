#pragma once

#include <google/protobuf/message_lite.h>

#include "ServerCore/Buffer/SendBuffer.h"
#include "ServerCore/Packet/PacketInfo.h"

namespace servercore {

// Header and message, serialised straight into a pooled buffer. Empty when the packet would be larger than `info` says. May throw
// std::bad_alloc.  Threads: safe from any.
[[nodiscard]] SendBufferRef EncodePacket(SendBufferPool& buffers, const PacketInfo& info, const google::protobuf::MessageLite& message);

}  // namespace servercore
