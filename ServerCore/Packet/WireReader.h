#pragma once

#include <cstddef>
#include <cstdint>

#include "ServerCore/Base/Bytes.h"

namespace servercore {

// The kinds of field that protobuf's encoding tells apart.
enum class WireType : std::uint8_t { Varint = 0, Fixed64 = 1, Length = 2, BeginGroup = 3, EndGroup = 4, Fixed32 = 5 };

// Walks over protobuf's encoding without knowing the message. All but IsAtEnd are false, and the reader is then of no more use, when the
// bytes end too early or are none that protobuf would take.
// Owner: by value.  Threads: confined.
class WireReader {
public:
    explicit WireReader(ConstBytes bytes) noexcept : rest_(bytes) {}

    [[nodiscard]] bool IsAtEnd() const noexcept { return rest_.empty(); }
    [[nodiscard]] std::size_t BytesLeft() const noexcept { return rest_.size(); }

    [[nodiscard]] bool ReadTag(std::uint32_t& number, WireType& type) noexcept;
    [[nodiscard]] bool ReadVarint(std::uint64_t& value) noexcept;
    // What a field of type Length holds.
    [[nodiscard]] bool ReadBytes(ConstBytes& bytes) noexcept;
    [[nodiscard]] bool Skip(std::size_t bytes) noexcept;
    // Over a field that is no group and whose tag has been read.
    [[nodiscard]] bool SkipValue(WireType type) noexcept;

private:
    ConstBytes rest_;
};

}  // namespace servercore
