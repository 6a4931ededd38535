#pragma once

#include <string>

#include "Tools/PacketGenerator/Schema.h"

namespace packetgen {

// The client's side in C#, for Unity with Google.Protobuf: ids, framing, typed handler, dispatcher. protoc --csharp_out makes its messages.
[[nodiscard]] std::string WriteCSharp(const Schema& schema);

}  // namespace packetgen
