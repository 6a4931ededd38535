#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "ServerCore/Base/Bytes.h"
#include "ServerCore/Base/Clock.h"
#include "ServerCore/Net/ServerService.h"
#include "ServerCore/Net/Service.h"
#include "ServerCore/Platform/Sim/SimOptions.h"

namespace servercore::test {

// What somebody does at a moment of the run, from outside of all callbacks.
enum class SwarmDeed : std::uint8_t {
    Connect,      // one more client session
    Broadcast,    // one buffer to every session of the server
    ServerSends,  // a packet on a random session, and so on
    ClientSends,
    ServerCloses,
    ServerAborts,
    ClientCloses,
    ClientAborts,
    StopServer,
    StopClients,
    AwaitArrivals,  // no further step until all that was sent has arrived
};

struct SwarmStep {
    Duration at{};  // from the beginning
    SwarmDeed deed = SwarmDeed::Connect;
};

// How likely a session does something when it is called back.
struct SwarmManners {
    double echo = 0;  // the packet goes back
    double push = 0;  // a packet of one's own goes out, on this session or (a server's) on another
    double close = 0;
    double abort = 0;
    double throwUp = 0;          // the callback throws
    double pause = 0;            // it receives nothing for a while
    double urgent = 0;           // a packet leaves at once
    double droppable = 0;        // a packet may be dropped
    double reconnect = 0;        // a client whose session has ended connects another
    double stop = 0;             // its service is told to stop
    std::size_t burst = 1;       // packets that may go out in OnConnected
    std::size_t bodyBytes = 64;  // at most
    std::size_t allowance = 10;  // packets that a session sends in its life
};

// All that a seed decides before the run begins. What happens during the run is drawn from script and seed.
struct SwarmPlan {
    std::uint64_t seed = 0;
    std::vector<std::byte> script;  // of the run; the network has one of its own
    platform::SimOptions network;
    ServiceConfig server;
    ServiceConfig clients;
    std::size_t clientServices = 1;
    std::size_t acceptDepth = 1;
    int backlog = 1;
    SwarmManners serverManners;
    SwarmManners clientManners;
    std::vector<SwarmStep> steps;  // in order
    // Nothing gets lost and nobody leaves: before the services stop, everything sent has to arrive, however long it takes.
    bool isCalm = false;
    // From a service's Stop to its end, at most.
    Duration stopBound{};
};

// The same plan for the same seed on every platform.
[[nodiscard]] SwarmPlan DrawPlan(std::uint64_t seed);

// Plan, network and run are decided by the bytes as far as they go: an input for a fuzzer.
[[nodiscard]] SwarmPlan PlanFromBytes(ConstBytes decisions);

}  // namespace servercore::test
