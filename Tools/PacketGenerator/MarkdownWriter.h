#pragma once

#include <string>

#include "Tools/PacketGenerator/Schema.h"

namespace packetgen {

// The packet reference, for people.
[[nodiscard]] std::string WriteMarkdown(const Schema& schema);

}  // namespace packetgen
