#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "ServerCore/Base/TokenBucket.h"
#include "ServerCore/Net/PacketLimits.h"
#include "ServerCore/Net/SendOptions.h"

namespace servercore {

// A set of session states: bit n stands for the state of number n.
using StateMask = std::uint32_t;

inline constexpr std::size_t kMaxSessionStates = 32;
inline constexpr StateMask kAnyState = ~StateMask{0};

template <class State>
[[nodiscard]] constexpr StateMask MaskOf(State state) noexcept {
    return StateMask{1} << static_cast<unsigned>(state);
}

// What its option says of a packet. Made by protoc-gen-servercore, in tables that are sorted by id.
// Threads: immutable.
struct PacketInfo {
    std::uint16_t id = 0;
    std::string_view name;
    StateMask states = kAnyState;
    std::size_t maxBytes = 0;  // header included
    std::uint32_t cost = 1;    // in packets of the session's budget
    TokenRate rate;
    PacketClass packetClass = PacketClass::Reliable;
};

// Its place in the table; the table's size when there is none.
[[nodiscard]] std::size_t FindPacket(std::span<const PacketInfo> table, std::uint16_t id) noexcept;

// For SessionLimits::packetBytes: what is larger than every packet of the table is refused by its size field already.
[[nodiscard]] std::size_t LargestPacket(std::span<const PacketInfo> table) noexcept;

// Of the packets that differ from the others in rate or cost: for PacketLimitsConfig::ids.
[[nodiscard]] std::vector<PacketIdLimit> PacketIdLimitsOf(std::span<const PacketInfo> table);

}  // namespace servercore
