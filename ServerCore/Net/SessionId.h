#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace servercore {

// Names a session without keeping it alive. The generation tells a session from an earlier one at the same index, so an old id never
// finds a stranger. The default value names none.
struct SessionId {
    std::uint32_t index = 0;
    std::uint32_t generation = 0;

    friend constexpr auto operator<=>(const SessionId&, const SessionId&) noexcept = default;

    // For maps, logs and the wire.
    [[nodiscard]] constexpr std::uint64_t Value() const noexcept { return (std::uint64_t{generation} << 32U) | index; }
};

}  // namespace servercore

template <>
struct std::hash<servercore::SessionId> {
    std::size_t operator()(const servercore::SessionId& id) const noexcept { return std::hash<std::uint64_t>{}(id.Value()); }
};
