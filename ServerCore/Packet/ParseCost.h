#pragma once

#include <cstddef>
#include <cstdint>

#include "ServerCore/Base/Bytes.h"
#include "ServerCore/Packet/MessageShape.h"

namespace servercore {

struct ParseLimits {
    std::size_t arenaBytes = std::size_t{256} * 1024;  // for one packet: objects, arrays and texts
    int depth = 32;                                    // messages inside messages
};

// What parsing a body would take at most.
struct ParseCost {
    bool isWellFormed = false;  // false: not such a message, or nested too deeply; the rest is then without meaning
    std::size_t bytes = 0;      // more than ParseLimits::arenaBytes: at least so much; the look ended there
};

// Looks at a body before it is parsed, because protobuf has no way to say "not more memory than this": two bytes on the wire can become
// an object of a hundred. Counts every object, array and text at the most that protobuf's arena can take for it, so the parse needs no more
// than what is returned. Takes time in proportion to the bytes, and no memory.
[[nodiscard]] ParseCost CostOfParsing(ConstBytes body, const SchemaShape& schema, std::size_t message, const ParseLimits& limits) noexcept;

}  // namespace servercore
