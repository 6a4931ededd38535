#pragma once

#include <cstddef>
#include <span>

#include "ServerCore/Base/Bytes.h"
#include "ServerCore/Net/PacketHeader.h"
#include "ServerCore/Packet/MessageShape.h"
#include "ServerCore/Packet/PacketInfo.h"
#include "ServerCore/Packet/PacketVerdict.h"
#include "ServerCore/Packet/ParseArena.h"
#include "ServerCore/Packet/ParseCost.h"

namespace servercore {

// From the bytes of a packet to the method that handles it. What is known without parsing is judged before: id, state, size, memory.
// Threads: all free functions here are safe from any; a handler is called on the caller's.

// The message lives as long as the call.
template <class Message, class Handler>
using PacketMethod = PacketVerdict (Handler::*)(const Message&);

// Parses and handles a packet of one kind.
template <class Handler>
using PacketRoute = PacketVerdict (*)(ConstBytes body, Handler& handler);

// The route of the message with that place in `Shape`.
template <const SchemaShape& Shape, std::size_t Place, class Message, class Handler, PacketMethod<Message, Handler> Method>
PacketVerdict RoutePacket(ConstBytes body, Handler& handler) {
    constexpr ParseLimits kLimits;
    const ParseCost cost = CostOfParsing(body, Shape, Place, kLimits);
    if (!cost.isWellFormed) {
        return PacketVerdict::Malformed;
    }
    if (cost.bytes > kLimits.arenaBytes) {
        return PacketVerdict::TooCostly;
    }
    ParseArena arena(cost.bytes);
    auto* message = google::protobuf::Arena::CreateMessage<Message>(&arena.Get());
    const bool isParsed = message->ParseFromArray(body.data(), static_cast<int>(body.size()));
    return isParsed ? (handler.*Method)(*message) : PacketVerdict::Malformed;
}

// Everything that is judged by the table alone. Accepted: `place` is the packet's.
[[nodiscard]] PacketVerdict JudgeUnparsed(std::span<const PacketInfo> table, const PacketView& packet, StateMask state,
                                          std::size_t& place) noexcept;

// `routes` are those of `table`, in the same order; `state` is the one that the session is in.
template <class Handler>
[[nodiscard]] PacketVerdict DispatchPacket(std::span<const PacketInfo> table, std::span<const PacketRoute<Handler>> routes,
                                           const PacketView& packet, StateMask state, Handler& handler) {
    std::size_t place = 0;
    const PacketVerdict verdict = JudgeUnparsed(table, packet, state, place);
    return verdict == PacketVerdict::Accepted ? routes[place](packet.body, handler) : verdict;
}

}  // namespace servercore
