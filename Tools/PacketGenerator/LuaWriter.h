#pragma once

#include <string>

#include "Tools/PacketGenerator/Schema.h"

namespace packetgen {

// A dissector for Wireshark: it takes the stream apart into packets, names them, and leaves the messages to Wireshark's own for protobuf.
[[nodiscard]] std::string WriteLua(const Schema& schema);

}  // namespace packetgen
