#pragma once

#include <cstddef>
#include <cstdint>

namespace servercore {

// When packets leave. An urgent one (SendOptions) takes along all that is queued, at once.
enum class FlushPolicy : std::uint8_t {
    EndOfBatch,  // when the worker has dispatched what it found: the shortest delay that still gathers
    Tick,        // at the next multiple of ServiceConfig::tick: all that a game queues in one tick leaves in one send
};

// What may happen to a packet when its receiver does not keep up.
enum class PacketClass : std::uint8_t {
    Reliable,   // never dropped: a session that cannot deliver it ends
    Droppable,  // not queued while the session is over its soft limit
    Latest,     // while the session is over its soft limit, takes the place of the packet queued with the same key
};

struct SendOptions {
    PacketClass packetClass = PacketClass::Reliable;
    std::uint32_t key = 0;  // for Latest: what the packet is about, for example an entity
    bool urgent = false;    // leaves at once, with all that was queued before it, whatever the FlushPolicy
};

enum class SendResult : std::uint8_t {
    Queued,
    Replaced,   // queued, in the place of an older packet with the same key that will not be sent
    Dropped,    // not queued, because the receiver lags behind, or memory does not suffice; the session lives
    Closed,     // not open, or no longer; also when there is no memory to queue it, which ends the session with ResourceExhausted
    QueueFull,  // the hard limit was hit: the packet was not queued, and the session is ending with SlowConsumer
};

// The packet will leave, unless the session ends before.
[[nodiscard]] constexpr bool IsQueued(SendResult result) noexcept {
    return result == SendResult::Queued || result == SendResult::Replaced;
}

}  // namespace servercore
