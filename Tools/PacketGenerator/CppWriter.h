#pragma once

#include <string>

#include "Tools/PacketGenerator/Schema.h"

namespace packetgen {

// The C++ of a protocol: ids, tables, handler interfaces, dispatchers. `header` is how the source includes the header.
[[nodiscard]] std::string WriteCppHeader(const Schema& schema);
[[nodiscard]] std::string WriteCppSource(const Schema& schema, const std::string& header);

// What stands in for the C++ of PacketOptions.proto, which every file with packets includes: a game needs no options at run time, and
// they would bring protobuf's full run-time along.
[[nodiscard]] std::string WriteOptionsStub();

}  // namespace packetgen
