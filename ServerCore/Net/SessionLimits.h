#pragma once

#include <chrono>
#include <cstddef>
#include <memory>

#include "ServerCore/Net/PacketHeader.h"
#include "ServerCore/Net/PacketLimits.h"

namespace servercore {

// What one session may take. A zero duration, and a zero soft limit, switches that limit off.
struct SessionLimits {
    // Bytes queued for sending and not yet taken by the operating system. Over the soft limit packets of class Droppable and Latest are
    // spared (SendOptions.h) and OnSendBacklog tells the game; over the hard limit the session ends with SlowConsumer.
    std::size_t sendSoftBytes = std::size_t{64} * 1024;
    std::size_t sendHardBytes = std::size_t{512} * 1024;
    // A packet that has been queued for so long (twice as long at most) ends the session with SlowConsumer.
    std::chrono::milliseconds sendAge{5000};

    // The largest packet accepted, header included.
    std::size_t packetBytes = kMaxPacketBytes;

    // From accept to the first complete packet; bytes that complete none do not extend it. Not for sessions that connected.
    std::chrono::milliseconds firstPacketTimeout{5000};

    // From the first byte of a packet to its last; bytes in between do not extend it.
    std::chrono::milliseconds packetTimeout{10000};

    // Without any byte received.
    std::chrono::milliseconds idleTimeout{30000};

    // OnHeartbeat is called when nothing was received for so long, and again after as long: the place to send a ping.
    std::chrono::milliseconds heartbeatInterval{0};

    // From Close to the end of the connection; then it is reset.
    std::chrono::milliseconds drainTimeout{5000};

    std::chrono::milliseconds connectTimeout{10000};

    // What a session may take from its worker before others have their turn.
    std::size_t packetsPerTurn = 64;
    std::chrono::microseconds timePerTurn{200};

    // How many packets and bytes it may send us; nullptr: no limit. A session over its budget is read more slowly (TCP makes the peer
    // wait), and ended with RateLimited when it goes on for too long.
    std::shared_ptr<const PacketLimits> packets;
};

}  // namespace servercore
