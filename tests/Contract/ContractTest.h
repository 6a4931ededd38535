#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <vector>

#include "ServerCore/Platform/Network.h"
#include "tests/Contract/ContractNetwork.h"
#include "tests/Support/Connections.h"
#include "tests/Support/PortRunner.h"

namespace servercore::test {

// A network and a port that the test itself waits on. The port is checked and closed after the test's sockets.
class ContractTest : public ::testing::TestWithParam<ContractNetwork> {
protected:
    ContractTest() : network_(Require(GetParam().open())), port_(OpenPort()) {}

    [[nodiscard]] platform::Network& Net() { return *network_; }
    [[nodiscard]] PortRunner& Port() { return *port_; }

    // One more port. The caller's sockets must be gone before it.
    [[nodiscard]] std::unique_ptr<PortRunner> OpenPort() { return std::make_unique<PortRunner>(Require(network_->OpenPort())); }

    [[nodiscard]] SocketPtr Listen(const platform::ListenOptions& options = {}) {
        return OpenListener(Net(), Port(), NetAddress::Loopback(AddressFamily::IPv4, 0), options);
    }
    [[nodiscard]] static NetAddress AddressOf(const platform::Socket& listener) { return Require(listener.LocalAddress()); }
    [[nodiscard]] ConnectedPair Pair() { return ConnectPair(Net(), Port()); }

    // Whether the system lets this process open so many connections, both ends each.
    [[nodiscard]] bool HasHandlesFor(std::size_t connections) {
        constexpr std::size_t kSpare = 100;
        std::vector<SocketPtr> handles;
        while (handles.size() < 2 * connections + kSpare) {
            Result<SocketPtr> handle = Net().OpenStream(AddressFamily::IPv4);
            if (handle.error() == std::errc::too_many_files_open) {
                return false;
            }
            handles.push_back(Require(std::move(handle)));
        }
        return true;
    }

private:
    std::unique_ptr<platform::Network> network_;
    std::unique_ptr<PortRunner> port_;
};

}  // namespace servercore::test
