#include <system_error>
#include <vector>

#include "tests/Contract/ContractTest.h"

namespace servercore::test {
namespace {

class Connect : public ContractTest {
protected:
    // Where nobody listens (any more).
    [[nodiscard]] NetAddress DeadAddress() {
        const SocketPtr listener = Listen();
        return AddressOf(*listener);
    }

    // 127.0.0.2, 127.0.0.3, ...
    [[nodiscard]] static NetAddress OfThisHost(int number) {
        return NetAddress::FromIPv4({127, 0, 0, static_cast<std::uint8_t>(2 + number)}, 0);
    }

    // The server's side of a client that connects from `local`, and then leaves.
    [[nodiscard]] NetAddress SeenByServer(platform::Socket& listener, const NetAddress& local) {
        const SocketPtr client = OpenStream(Net(), Port(), local.Family(), local);
        TestOperation& accept = Port().Accept(listener);
        Require(Port().Finish(Port().Connect(*client, AddressOf(listener))).error);
        const Outcome& accepted = Port().Finish(accept);
        Require(accepted.error);
        const NetAddress peer = Require(accepted.accepted->PeerAddress());
        EXPECT_EQ(peer, Require(client->LocalAddress()));
        return peer;
    }
};
INSTANTIATE_TEST_SUITE_P(Contract, Connect, ::testing::ValuesIn(ContractNetworks()), NameOf);

TEST_P(Connect, KnowsBothAddressesAfterwards) {
    const SocketPtr listener = Listen();
    const SocketPtr client = OpenStream(Net(), Port());
    const Outcome& connected = Port().Finish(Port().Connect(*client, AddressOf(*listener)));
    EXPECT_EQ(connected.error, std::error_code{});
    EXPECT_EQ(connected.bytes, 0U);
    EXPECT_EQ(Require(client->PeerAddress()), AddressOf(*listener));
    EXPECT_EQ(Require(client->LocalAddress()).HostString(), "127.0.0.1");
    EXPECT_NE(Require(client->LocalAddress()).Port(), 0);
}

TEST_P(Connect, LeavesFromTheLocalAddressAsked) {
    const SocketPtr listener = Listen();
    for (int i = 0; i < 8; ++i) {
        const NetAddress seen = SeenByServer(*listener, OfThisHost(i));
        EXPECT_EQ(seen.WithPort(0), OfThisHost(i));
        EXPECT_NE(seen.Port(), 0);
    }
    const SocketPtr listenerV6 = OpenListener(Net(), Port(), NetAddress::Loopback(AddressFamily::IPv6, 0));
    const NetAddress local = NetAddress::Loopback(AddressFamily::IPv6, 0);
    EXPECT_EQ(SeenByServer(*listenerV6, local).WithPort(0), local);
}

TEST_P(Connect, LeavesFromTheLocalPortAsked) {
    const SocketPtr listener = Listen();
    SocketPtr reserved = Require(Net().OpenListener(OfThisHost(0), {}));
    const NetAddress local = AddressOf(*reserved);
    EXPECT_EQ(Net().OpenStream(AddressFamily::IPv4, local).error(), std::errc::address_in_use);
    reserved.reset();
    EXPECT_EQ(SeenByServer(*listener, local), local);
}

TEST_P(Connect, TakesNoPortOfALocalAddressBeforeItConnects) {
    if (!GetParam().connectChoosesPort) {
        GTEST_SKIP() << "binding chooses the port here";
    }
    for (const NetAddress& local : {OfThisHost(0), NetAddress::Loopback(AddressFamily::IPv6, 0)}) {
        EXPECT_EQ(Require(OpenStream(Net(), Port(), local.Family(), local)->LocalAddress()), local);
    }
}

TEST_P(Connect, LeavesFromAnyAddressAsFromNone) {
    const SocketPtr listener = Listen();
    const NetAddress seen = SeenByServer(*listener, NetAddress::Any(AddressFamily::IPv4, 0));
    EXPECT_EQ(seen.WithPort(0), NetAddress::Loopback(AddressFamily::IPv4, 0));
}

TEST_P(Connect, CannotLeaveFromWhatIsNotThisHosts) {
    const NetAddress foreign = NetAddress::FromIPv4({198, 51, 100, 1}, 0);  // for documentation only (RFC 5737)
    EXPECT_EQ(Net().OpenStream(AddressFamily::IPv4, foreign).error(), std::errc::address_not_available);
    EXPECT_EQ(Net().OpenStream(AddressFamily::IPv6, OfThisHost(0)).error(), std::errc::address_family_not_supported);
    const NetAddress v6 = NetAddress::Loopback(AddressFamily::IPv6, 0);
    EXPECT_EQ(Net().OpenStream(AddressFamily::IPv4, v6).error(), std::errc::address_family_not_supported);
    ConnectedPair pair = Pair();
    ExpectEchoWorks(Port(), pair);
}

// By the submit or by the one completion; the PortRunner sees to it that it is not both.
TEST_P(Connect, ReportsARefusalOnce) {
    const SocketPtr client = OpenStream(Net(), Port());
    const Outcome& refused = Port().Finish(Port().Connect(*client, DeadAddress()));
    EXPECT_EQ(refused.error, std::errc::connection_refused);
    EXPECT_NE(refused.error, std::errc::operation_canceled);
}

TEST_P(Connect, RefusedOnesLeaveThePortInOrder) {
    const NetAddress nowhere = DeadAddress();
    for (int i = 0; i < 20; ++i) {
        const SocketPtr client = OpenStream(Net(), Port());
        EXPECT_EQ(Port().Finish(Port().Connect(*client, nowhere)).error, std::errc::connection_refused);
    }
    ConnectedPair pair = Pair();
    ExpectEchoWorks(Port(), pair);
}

TEST_P(Connect, LetsTheClientSpeakBeforeTheConnectionIsAccepted) {
    const SocketPtr listener = Listen();
    ConnectedPair pair;
    pair.client = OpenStream(Net(), Port());
    Require(Port().Finish(Port().Connect(*pair.client, AddressOf(*listener))).error);
    SendAll(Port(), *pair.client, AsBytes("early"));

    pair.server = std::move(Port().Finish(Port().Accept(*listener)).accepted);
    ASSERT_NE(pair.server, nullptr);
    Require(Port().Port().Attach(*pair.server));
    EXPECT_EQ(AsText(ReceiveExactly(Port(), *pair.server, 5)), "early");
    ExpectEchoWorks(Port(), pair);
}

// The backlog holds two connections; the system tries the others again after a second.
TEST_P(Connect, WaitsUntilTheBacklogHasRoom) {
    if (!GetParam().connectWaitsForBacklog) {
        GTEST_SKIP() << "a full backlog refuses connections here";
    }
    constexpr std::size_t kClients = 4;
    const SocketPtr listener = Listen({.backlog = 1, .dualStack = true});
    std::vector<SocketPtr> clients;
    std::vector<TestOperation*> connects;
    std::vector<TestOperation*> accepts;
    for (std::size_t i = 0; i < kClients; ++i) {
        clients.push_back(OpenStream(Net(), Port()));
        connects.push_back(&Port().Connect(*clients.back(), AddressOf(*listener)));
    }
    for (std::size_t i = 0; i < kClients; ++i) {
        accepts.push_back(&Port().Accept(*listener));
    }
    for (std::size_t i = 0; i < kClients; ++i) {
        EXPECT_EQ(Port().Finish(*connects[i]).error, std::error_code{});
        EXPECT_EQ(Port().Finish(*accepts[i]).error, std::error_code{});
    }
}

TEST_P(Connect, OfManyAtOnceAllComplete) {
    constexpr std::size_t kClients = 50;
    const SocketPtr listener = Listen();
    std::vector<SocketPtr> clients;
    std::vector<TestOperation*> connects;
    for (std::size_t i = 0; i < kClients; ++i) {
        clients.push_back(OpenStream(Net(), Port()));
        connects.push_back(&Port().Connect(*clients.back(), AddressOf(*listener)));
    }
    for (TestOperation* connect : connects) {
        EXPECT_EQ(Port().Finish(*connect).error, std::error_code{});
    }
}

}  // namespace
}  // namespace servercore::test
