#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "tests/Contract/ContractTest.h"

namespace servercore::test {
namespace {

class Accept : public ContractTest {};
INSTANTIATE_TEST_SUITE_P(Contract, Accept, ::testing::ValuesIn(ContractNetworks()), NameOf);

TEST_P(Accept, DeliversTheConnection) {
    const SocketPtr listener = Listen();
    TestOperation& accept = Port().Accept(*listener);
    const SocketPtr client = OpenStream(Net(), Port());
    TestOperation& connect = Port().Connect(*client, AddressOf(*listener));

    EXPECT_EQ(Port().Finish(connect).error, std::error_code{});
    const Outcome& accepted = Port().Finish(accept);
    EXPECT_EQ(accepted.error, std::error_code{});
    ASSERT_NE(accepted.accepted, nullptr);
    EXPECT_EQ(accepted.bytes, 0U);
    EXPECT_EQ(Require(accepted.accepted->PeerAddress()), Require(client->LocalAddress()));
    EXPECT_EQ(Require(accepted.accepted->LocalAddress()), Require(client->PeerAddress()));
}

TEST_P(Accept, TakesAConnectionThatCameFirst) {
    const SocketPtr listener = Listen();
    const SocketPtr client = OpenStream(Net(), Port());
    EXPECT_EQ(Port().Finish(Port().Connect(*client, AddressOf(*listener))).error, std::error_code{});

    const Outcome& accepted = Port().Finish(Port().Accept(*listener));
    ASSERT_NE(accepted.accepted, nullptr) << accepted.error.message();
    EXPECT_EQ(Require(accepted.accepted->PeerAddress()), Require(client->LocalAddress()));
}

// The peers of the connections that the accepts took; closes them.
std::set<std::string> PeersOf(const std::vector<TestOperation*>& accepts, PortRunner& port) {
    std::set<std::string> peers;
    for (TestOperation* accept : accepts) {
        Outcome& outcome = port.Finish(*accept);
        Require(outcome.error);
        peers.insert(Require(outcome.accepted->PeerAddress()).ToString());
        outcome.accepted.reset();
    }
    return peers;
}

TEST_P(Accept, ManyOutstandingOnesTakeOneConnectionEach) {
    constexpr std::size_t kConnections = 8;
    const SocketPtr listener = Listen();
    std::vector<TestOperation*> accepts;
    std::vector<SocketPtr> clients;
    std::set<std::string> expected;
    for (std::size_t i = 0; i < kConnections; ++i) {
        accepts.push_back(&Port().Accept(*listener));
    }
    for (std::size_t i = 0; i < kConnections; ++i) {
        clients.push_back(OpenStream(Net(), Port()));
        Require(Port().Finish(Port().Connect(*clients.back(), AddressOf(*listener))).error);
        expected.insert(Require(clients.back()->LocalAddress()).ToString());
    }
    EXPECT_EQ(PeersOf(accepts, Port()), expected);
}

TEST_P(Accept, TakesALongQueueOfWaitingConnections) {
    constexpr std::size_t kConnections = 50;
    const SocketPtr listener = Listen();
    std::vector<TestOperation*> accepts;
    std::vector<SocketPtr> clients;
    std::set<std::string> expected;
    for (std::size_t i = 0; i < kConnections; ++i) {
        clients.push_back(OpenStream(Net(), Port()));
        Require(Port().Finish(Port().Connect(*clients.back(), AddressOf(*listener))).error);
        expected.insert(Require(clients.back()->LocalAddress()).ToString());
    }
    for (std::size_t i = 0; i < kConnections; ++i) {
        accepts.push_back(&Port().Accept(*listener));
    }
    EXPECT_EQ(PeersOf(accepts, Port()), expected);
}

TEST_P(Accept, StaysInFlightUntilAConnectionComes) {
    const SocketPtr listener = Listen();
    TestOperation& first = Port().Accept(*listener);
    TestOperation& second = Port().Accept(*listener);
    const SocketPtr client = OpenStream(Net(), Port());
    Require(Port().Finish(Port().Connect(*client, AddressOf(*listener))).error);
    ASSERT_TRUE(Port().Await([&] { return !first.IsInFlight() || !second.IsInFlight(); }));
    Port().Drain();
    EXPECT_NE(first.IsInFlight(), second.IsInFlight());

    TestOperation& waiting = first.IsInFlight() ? first : second;
    const SocketPtr secondClient = OpenStream(Net(), Port());
    Require(Port().Finish(Port().Connect(*secondClient, AddressOf(*listener))).error);
    EXPECT_NE(Port().Finish(waiting).accepted, nullptr);
}

TEST_P(Accept, KeepsWorkingAfterAClientThatConnectsAndResetsAtOnce) {
    const SocketPtr listener = Listen();
    TestOperation* accept = &Port().Accept(*listener);
    for (int i = 0; i < 5; ++i) {
        SocketPtr rude = OpenStream(Net(), Port());
        Require(Port().Finish(Port().Connect(*rude, AddressOf(*listener))).error);
        rude->AbortOnClose();
    }
    const SocketPtr polite = OpenStream(Net(), Port());
    Require(Port().Finish(Port().Connect(*polite, AddressOf(*listener))).error);
    SendAll(Port(), *polite, AsBytes("hello"));

    // The rude ones may come as connections that are dead already, as errors, or not at all.
    std::string heard;
    while (heard.empty()) {
        Outcome& outcome = Port().Finish(*accept);
        if (!outcome.error) {
            const SocketPtr server = std::move(outcome.accepted);
            Require(Port().Port().Attach(*server));
            heard = AsText(ReceiveOnce(Port(), *server).data);
        }
        accept = &Port().Accept(*listener);
    }
    EXPECT_EQ(heard, "hello");
}

TEST_P(Accept, GivesASocketThatMayJoinAnotherPort) {
    const std::unique_ptr<PortRunner> other = OpenPort();
    const SocketPtr listener = Listen();
    TestOperation& accept = Port().Accept(*listener);
    const SocketPtr client = OpenStream(Net(), Port());
    Require(Port().Finish(Port().Connect(*client, AddressOf(*listener))).error);
    const SocketPtr server = std::move(Port().Finish(accept).accepted);
    ASSERT_NE(server, nullptr);
    Require(other->Port().Attach(*server));

    SendAll(Port(), *client, AsBytes("over there"));
    EXPECT_EQ(AsText(ReceiveExactly(*other, *server, 10)), "over there");
    SendAll(*other, *server, AsBytes("and back"));
    EXPECT_EQ(AsText(ReceiveExactly(Port(), *client, 8)), "and back");
}

TEST_P(Accept, MayBeSubmittedAgainInItsCompletion) {
    constexpr std::size_t kConnections = 30;
    SocketPtr listener = Listen();
    std::vector<SocketPtr> servers;
    TestOperation* accept = nullptr;
    accept = &Port().NewOperation([&](Outcome& outcome) {
        if (!outcome.error) {
            servers.push_back(std::move(outcome.accepted));
            Port().Accept(*listener, *accept);
        }
    });
    Require(Port().Accept(*listener, *accept));
    std::vector<SocketPtr> clients;
    for (std::size_t i = 0; i < kConnections; ++i) {
        clients.push_back(OpenStream(Net(), Port()));
        Require(Port().Finish(Port().Connect(*clients.back(), AddressOf(*listener))).error);
    }
    EXPECT_TRUE(Port().Await([&] { return servers.size() == kConnections; }));
    listener.reset();
    EXPECT_TRUE(Port().Await([&] { return !accept->IsInFlight(); }));
}

}  // namespace
}  // namespace servercore::test
