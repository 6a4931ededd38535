#include <algorithm>
#include <string>
#include <vector>

#include "tests/Contract/ContractTest.h"

namespace servercore::test {
namespace {

class Address : public ContractTest {
protected:
    // Connects to the listener by the loopback address of a family.
    [[nodiscard]] ConnectedPair ConnectBy(AddressFamily family, platform::Socket& listener) {
        return ConnectTo(Net(), Port(), listener, NetAddress::Loopback(family, AddressOf(listener).Port()));
    }

    void ExpectAddressesMatch(const ConnectedPair& pair, AddressFamily family) {
        const NetAddress client = Require(pair.client->LocalAddress());
        EXPECT_EQ(Require(pair.server->PeerAddress()), client);
        EXPECT_EQ(Require(pair.server->LocalAddress()), Require(pair.client->PeerAddress()));
        EXPECT_EQ(client.Family(), family);
        EXPECT_EQ(client.HostString(), NetAddress::Loopback(family, 0).HostString());
    }
};
INSTANTIATE_TEST_SUITE_P(Contract, Address, ::testing::ValuesIn(ContractNetworks()), NameOf);

TEST_P(Address, IPv4Connects) {
    const SocketPtr listener = OpenListener(Net(), Port(), NetAddress::Loopback(AddressFamily::IPv4, 0));
    ConnectedPair pair = ConnectBy(AddressFamily::IPv4, *listener);
    ExpectAddressesMatch(pair, AddressFamily::IPv4);
    ExpectEchoWorks(Port(), pair);
}

TEST_P(Address, IPv6Connects) {
    const SocketPtr listener = OpenListener(Net(), Port(), NetAddress::Loopback(AddressFamily::IPv6, 0));
    ConnectedPair pair = ConnectBy(AddressFamily::IPv6, *listener);
    ExpectAddressesMatch(pair, AddressFamily::IPv6);
    ExpectEchoWorks(Port(), pair);
}

TEST_P(Address, DualStackListenerTakesBothFamilies) {
    const SocketPtr listener = OpenListener(Net(), Port(), NetAddress::Any(AddressFamily::IPv6, 0), {.backlog = 16, .dualStack = true});
    for (const AddressFamily family : {AddressFamily::IPv4, AddressFamily::IPv6}) {
        ConnectedPair pair = ConnectBy(family, *listener);
        ExpectAddressesMatch(pair, family);
        ExpectEchoWorks(Port(), pair);
    }
}

TEST_P(Address, SingleStackListenerRefusesTheOtherFamily) {
    const SocketPtr listener = OpenListener(Net(), Port(), NetAddress::Any(AddressFamily::IPv6, 0), {.backlog = 16, .dualStack = false});
    const SocketPtr client = OpenStream(Net(), Port(), AddressFamily::IPv4);
    const NetAddress address = NetAddress::Loopback(AddressFamily::IPv4, AddressOf(*listener).Port());
    EXPECT_EQ(Port().Finish(Port().Connect(*client, address)).error, std::errc::connection_refused);
}

TEST_P(Address, ListenerOnPortZeroReportsItsPort) {
    for (const AddressFamily family : {AddressFamily::IPv4, AddressFamily::IPv6}) {
        const SocketPtr first = Require(Net().OpenListener(NetAddress::Loopback(family, 0), {}));
        const SocketPtr second = Require(Net().OpenListener(NetAddress::Loopback(family, 0), {}));
        EXPECT_NE(AddressOf(*first).Port(), 0);
        EXPECT_NE(AddressOf(*second).Port(), 0);
        EXPECT_NE(AddressOf(*first).Port(), AddressOf(*second).Port());
        EXPECT_EQ(AddressOf(*first).WithPort(0), NetAddress::Loopback(family, 0));
    }
}

TEST_P(Address, SecondListenerOnThePortFails) {
    const SocketPtr listener = Listen();
    const Result<SocketPtr> second = Net().OpenListener(AddressOf(*listener), {});
    EXPECT_EQ(second.error(), std::errc::address_in_use);
    const ConnectedPair pair = ConnectBy(AddressFamily::IPv4, *listener);
    EXPECT_NE(pair.server, nullptr);
}

TEST_P(Address, ListenerOnAForeignAddressFails) {
    const NetAddress foreign = NetAddress::FromIPv4({198, 51, 100, 1}, 0);  // for documentation only (RFC 5737)
    EXPECT_EQ(Net().OpenListener(foreign, {}).error(), std::errc::address_not_available);
}

// A server that restarts finds connections of its former life on its port: one closed by itself, one still open.
TEST_P(Address, RestartedListenerBindsOverOldConnections) {
    SocketPtr listener = Listen();
    const NetAddress address = AddressOf(*listener);
    ConnectedPair closed = ConnectTo(Net(), Port(), *listener, address);
    const ConnectedPair open = ConnectTo(Net(), Port(), *listener, address);
    closed.server.reset();
    EXPECT_TRUE(IsEndOfStream(ReceiveOnce(Port(), *closed.client)));
    closed.client.reset();
    listener.reset();

    const SocketPtr restarted = OpenListener(Net(), Port(), address);
    ConnectedPair pair = ConnectTo(Net(), Port(), *restarted, address);
    ExpectEchoWorks(Port(), pair);
}

TEST_P(Address, SocketOptionsReadBackAsSet) {
    const ConnectedPair pair = Pair();
    for (const platform::SocketOption option : {platform::SocketOption::NoDelay, platform::SocketOption::KeepAlive}) {
        for (const int value : {1, 0}) {
            Require(pair.client->SetOption(option, value));
            EXPECT_EQ(Require(pair.client->GetOption(option)) != 0, value != 0);
        }
    }
    Require(pair.client->SetOption(platform::SocketOption::ReceiveBufferBytes, 65536));
    EXPECT_GE(Require(pair.client->GetOption(platform::SocketOption::ReceiveBufferBytes)), 65536);  // Linux doubles it
}

TEST_P(Address, ResolveFindsLocalhost) {
    const std::vector<NetAddress> addresses = Require(Net().Resolve("localhost", 7777));
    ASSERT_FALSE(addresses.empty());
    for (const NetAddress& address : addresses) {
        EXPECT_EQ(address, NetAddress::Loopback(address.Family(), 7777)) << address.ToString();
    }
}

TEST_P(Address, ResolveReadsNumbers) {
    EXPECT_EQ(Require(Net().Resolve("192.0.2.7", 80)), std::vector{NetAddress::FromIPv4({192, 0, 2, 7}, 80)});
    EXPECT_EQ(Require(Net().Resolve("::1", 80)), std::vector{NetAddress::Loopback(AddressFamily::IPv6, 80)});
}

TEST_P(Address, ResolveFailsForAnUnknownName) {
    EXPECT_EQ(Net().Resolve("nobody.invalid", 80).error(), std::errc::address_not_available);  // reserved by RFC 2606
}

}  // namespace
}  // namespace servercore::test
