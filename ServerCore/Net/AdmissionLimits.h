#pragma once

#include <cstddef>
#include <vector>

#include "ServerCore/Platform/CidrRange.h"

namespace servercore {

// Whom a service admits, besides ServiceConfig::maxSessions. Everything is off until it is set: only an operator knows whether many players
// share one address (a household, a PC bang, a mobile carrier).
struct AdmissionLimits {
    // Live sessions of one address. 0: no limit.
    std::size_t maxSessionsPerHost = 0;

    // Live sessions of one subnet. 0: no limit. The usual sizes: a small IPv4 provider's block, and what one IPv6 customer is given.
    std::size_t maxSessionsPerSubnet = 0;
    unsigned subnetBitsIPv4 = 24;
    unsigned subnetBitsIPv6 = 64;

    // New sessions of one host: a steady rate, and how many may come at once. A rate of 0: no limit. The customary start is 10 in 10
    // seconds: a rate of 1 and a burst of 10. An IPv6 host counts with its subnet here, or it would be a new one for each connection.
    double acceptsPerSecond = 0;
    double acceptBurst = 10;

    // Hosts whose recent connections are remembered for the rate; some 150 bytes each. Beyond it the one that was quiet longest is
    // forgotten, and may come as often again as one that was never seen: a flood from so many addresses harms no stranger, and what bounds
    // it then are the caps.
    std::size_t maxRememberedHosts = 65536;

    // Free of everything above, but not of maxSessions.
    std::vector<CidrRange> exempt{};
};

}  // namespace servercore
