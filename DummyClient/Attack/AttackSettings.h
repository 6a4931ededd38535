#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "ServerCore/Base/Clock.h"
#include "ServerCore/Base/Log.h"
#include "ServerCore/Platform/NetAddress.h"
#include "ServerCore/Platform/Network.h"

namespace loadtest::attack {

// What the server is expected to have been configured to; GameServer's defaults. Attackers cannot see it, so the tester says it.
struct Deadlines {
    servercore::Duration firstPacket = std::chrono::seconds(5);  // from the connect to the first whole packet
    servercore::Duration packet = std::chrono::seconds(10);      // from a packet's first byte to its last
    servercore::Duration idle = std::chrono::seconds(30);        // without a byte
    servercore::Duration flood = std::chrono::seconds(3);        // above the packet rate
    servercore::Duration reading = std::chrono::seconds(10);     // not reading what is sent
    servercore::Duration drain = std::chrono::seconds(5);        // from our FIN to the end
};

// Of one attack.
struct AttackSettings {
    servercore::NetAddress server;
    std::optional<servercore::NetAddress> from{};  // where the attackers come from; nothing: the system chooses
    std::size_t attackers = 100;
    servercore::Duration duration = std::chrono::seconds(10);  // of an attack that goes on; the others end with their deadline
    double connectRate = 1000;                                 // new connections per second
    std::uint64_t seed = 1;
    Deadlines deadlines;
    servercore::Duration margin = std::chrono::seconds(1);  // added to every deadline
    std::size_t cap = 0;                                    // connections that the server lets the attackers hold; 0: unknown
    std::uint32_t burst = 400;                              // packets that a client may send at once
};

// What an attack works with; all of it outlives the attack.
struct Surroundings {
    servercore::platform::Network& network;
    const servercore::Clock& clock;
    servercore::Logger& log;
};

}  // namespace loadtest::attack
