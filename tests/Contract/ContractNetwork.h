#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "ServerCore/Base/Result.h"
#include "ServerCore/Platform/Network.h"

namespace servercore::test {

// A network that the suite runs against, and what it can do beyond the contract. Another backend is one more entry in ContractNetworks.
struct ContractNetwork {
    const char* name;
    Result<std::unique_ptr<platform::Network>> (*open)();

    // Several threads may wait on one port at once.
    bool threads = true;
    // Waiting takes real time, so that a test can tell a wake from a timeout.
    bool realTime = true;
    // Short timeouts are kept by a timer of the backend's own.
    bool timesShortWaits = false;
    // A receive that is submitted after the peer's reset reports it.
    bool reportsEarlyReset = true;
    // A connect waits while the listener's backlog is full, instead of being refused.
    bool connectWaitsForBacklog = true;
    // The port of a local address is chosen by the connect, so that streams to different peers may share one.
    bool connectChoosesPort = true;
    // Connections that one port serves within a test's time.
    std::size_t manyConnections = 1000;
    // Rounds and threads' work in the long tests, in percent.
    std::size_t stressPercent = 100;
};

[[nodiscard]] const std::vector<ContractNetwork>& ContractNetworks();

// For test names.
[[nodiscard]] std::string NameOf(const ::testing::TestParamInfo<ContractNetwork>& info);
void PrintTo(const ContractNetwork& network, std::ostream* stream);

}  // namespace servercore::test
