#include <algorithm>
#include <vector>

#include "ServerCore/Buffer/ReceiveBlockPool.h"
#include "tests/Contract/ContractTest.h"

namespace servercore::test {
namespace {

class CancelAndClose : public ContractTest {
protected:
    // A send that waits for room: nobody reads. The bytes must outlive it.
    [[nodiscard]] TestOperation& BlockedSend(platform::Socket& socket, ConstBytes bytes) {
        while (true) {
            TestOperation& send = Port().Send(socket, bytes);
            Port().Drain();
            if (send.IsInFlight()) {
                return send;
            }
            Require(send.Last().error);
        }
    }

    // Connects that wait in vain, after a few that fit into the backlog.
    struct WaitingConnects {
        SocketPtr listener;
        std::vector<SocketPtr> clients;
        std::vector<TestOperation*> operations;
    };
    [[nodiscard]] WaitingConnects ConnectToAFullBacklog() {
        WaitingConnects waiting;
        waiting.listener = Listen({.backlog = 1, .dualStack = true});
        for (int i = 0; i < 6; ++i) {
            waiting.clients.push_back(OpenStream(Net(), Port()));
            waiting.operations.push_back(&Port().Connect(*waiting.clients.back(), AddressOf(*waiting.listener)));
        }
        Port().Drain();
        return waiting;
    }

    [[nodiscard]] bool IsCancelled(TestOperation& operation) { return Port().Finish(operation).error == std::errc::operation_canceled; }

    const std::vector<std::byte> bulk_ = Pattern(std::size_t{4} * 1024 * 1024);
};
INSTANTIATE_TEST_SUITE_P(Contract, CancelAndClose, ::testing::ValuesIn(ContractNetworks()), NameOf);

TEST_P(CancelAndClose, CancelEndsAPendingReceive) {
    ConnectedPair pair = Pair();
    TestOperation& receive = Port().Receive(*pair.server);
    Port().Drain();
    Port().Port().Cancel(*pair.server);
    const Outcome& outcome = Port().Finish(receive);
    EXPECT_EQ(outcome.error, std::errc::operation_canceled);
    EXPECT_NE(outcome.error, std::errc::connection_reset);
    EXPECT_NE(outcome.error.value(), 0);
    EXPECT_TRUE(outcome.data.empty());
}

TEST_P(CancelAndClose, CancelLeavesTheConnectionUsable) {
    ConnectedPair pair = Pair();
    TestOperation& receive = Port().Receive(*pair.server);
    Port().Port().Cancel(*pair.server);
    EXPECT_TRUE(IsCancelled(receive));
    ExpectEchoWorks(Port(), pair);
}

// The data is ready but not delivered: the receive may win or the cancel, but no byte may be lost.
TEST_P(CancelAndClose, CancelLosesNoData) {
    ConnectedPair pair = Pair();
    for (int i = 0; i < 20; ++i) {
        SendAll(Port(), *pair.client, AsBytes("kept"));
        TestOperation& receive = Port().Receive(*pair.server);
        Port().Port().Cancel(*pair.server);
        if (IsCancelled(receive)) {
            EXPECT_TRUE(receive.Last().data.empty());
            EXPECT_EQ(AsText(ReceiveExactly(Port(), *pair.server, 4)), "kept");
        } else {
            EXPECT_EQ(AsText(receive.Last().data), "kept");
        }
    }
}

// Just submitted by the handler of a whole block: a backend may not have told the operating system yet.
TEST_P(CancelAndClose, CancelEndsAReceiveThatWasSubmittedInACompletion) {
    ConnectedPair pair = Pair();
    SendAll(Port(), *pair.client, Pattern(kReceiveBlockBytes));
    TestOperation& next = Port().NewOperation();
    std::size_t received = 0;
    TestOperation* receive = nullptr;
    receive = &Port().NewOperation([&](Outcome& outcome) {
        received += outcome.data.size();
        Require(Port().Receive(*pair.server, received < kReceiveBlockBytes ? *receive : next));
        if (received == kReceiveBlockBytes) {
            Port().Port().Cancel(*pair.server);
        }
    });
    Require(Port().Receive(*pair.server, *receive));
    EXPECT_TRUE(Port().Await([&] { return received == kReceiveBlockBytes; }));
    EXPECT_TRUE(IsCancelled(next));
    ExpectEchoWorks(Port(), pair);
}

TEST_P(CancelAndClose, CloseEndsAReceiveThatWasSubmittedInACompletion) {
    ConnectedPair pair = Pair();
    SendAll(Port(), *pair.client, Pattern(2 * kReceiveBlockBytes));
    TestOperation& next = Port().NewOperation();
    TestOperation& receive = Port().NewOperation([&](Outcome&) {
        Require(Port().Receive(*pair.server, next));
        pair.server.reset();
    });
    Require(Port().Receive(*pair.server, receive));
    EXPECT_TRUE(Port().Await([&] { return pair.server == nullptr && !next.IsInFlight(); }));
    EXPECT_TRUE(!next.Last().error || next.Last().error == std::errc::operation_canceled) << next.Last().error.message();
}

TEST_P(CancelAndClose, CancelEndsAllPendingAccepts) {
    const SocketPtr listener = Listen();
    std::vector<TestOperation*> accepts;
    for (int i = 0; i < 5; ++i) {
        accepts.push_back(&Port().Accept(*listener));
    }
    Port().Drain();
    Port().Port().Cancel(*listener);
    for (TestOperation* accept : accepts) {
        EXPECT_TRUE(IsCancelled(*accept));
        EXPECT_EQ(accept->Last().accepted, nullptr);
    }
    const ConnectedPair pair = ConnectTo(Net(), Port(), *listener, AddressOf(*listener));
    EXPECT_NE(pair.server, nullptr);
}

TEST_P(CancelAndClose, CancelEndsABlockedSend) {
    ConnectedPair pair = Pair();
    while (true) {
        TestOperation& send = BlockedSend(*pair.client, bulk_);
        Port().Port().Cancel(*pair.client);
        if (IsCancelled(send)) {
            break;
        }
        Require(send.Last().error);  // it had finished already
    }
}

TEST_P(CancelAndClose, CancelEndsAPendingConnect) {
    WaitingConnects waiting = ConnectToAFullBacklog();
    for (const SocketPtr& client : waiting.clients) {
        Port().Port().Cancel(*client);
    }
    const auto cancelled = std::ranges::count_if(waiting.operations, [&](TestOperation* connect) { return IsCancelled(*connect); });
    if (GetParam().connectWaitsForBacklog) {
        EXPECT_GE(cancelled, 1);
    }
}

TEST_P(CancelAndClose, CancelDoesNothingWhenNothingIsPending) {
    ConnectedPair pair = Pair();
    const SocketPtr listener = Listen();
    const SocketPtr fresh = OpenStream(Net(), Port());
    const std::size_t completed = Port().Completed();
    for (platform::Socket* socket : {pair.client.get(), pair.server.get(), listener.get(), fresh.get()}) {
        Port().Port().Cancel(*socket);
        Port().Port().Cancel(*socket);
    }
    Port().Drain();
    EXPECT_EQ(Port().Completed(), completed);
    ExpectEchoWorks(Port(), pair);
    Require(Port().Finish(Port().Connect(*fresh, AddressOf(*listener))).error);
}

TEST_P(CancelAndClose, CancelTwiceCompletesOnce) {
    ConnectedPair pair = Pair();
    TestOperation& receive = Port().Receive(*pair.server);
    Port().Port().Cancel(*pair.server);
    Port().Port().Cancel(*pair.server);
    pair.server.reset();
    EXPECT_TRUE(IsCancelled(receive));
}

TEST_P(CancelAndClose, CloseEndsAPendingReceiveAndABlockedSend) {
    ConnectedPair pair = Pair();
    TestOperation& receive = Port().Receive(*pair.client);
    TestOperation& send = BlockedSend(*pair.client, bulk_);
    pair.client.reset();
    EXPECT_TRUE(IsCancelled(receive));
    EXPECT_TRUE(IsCancelled(send) || !send.Last().error) << send.Last().error.message();
}

TEST_P(CancelAndClose, AbortEndsAPendingReceiveAndABlockedSend) {
    ConnectedPair pair = Pair();
    TestOperation& receive = Port().Receive(*pair.client);
    TestOperation& send = BlockedSend(*pair.client, bulk_);
    pair.client->AbortOnClose();
    pair.client.reset();
    EXPECT_TRUE(IsCancelled(receive));
    EXPECT_TRUE(IsCancelled(send) || !send.Last().error) << send.Last().error.message();
}

TEST_P(CancelAndClose, CloseEndsPendingAccepts) {
    SocketPtr listener = Listen();
    std::vector<TestOperation*> accepts;
    for (int i = 0; i < 5; ++i) {
        accepts.push_back(&Port().Accept(*listener));
    }
    Port().Drain();
    listener.reset();
    for (TestOperation* accept : accepts) {
        EXPECT_TRUE(IsCancelled(*accept));
    }
}

TEST_P(CancelAndClose, CloseEndsAPendingConnect) {
    WaitingConnects waiting = ConnectToAFullBacklog();
    waiting.clients.clear();
    const auto cancelled = std::ranges::count_if(waiting.operations, [&](TestOperation* connect) { return IsCancelled(*connect); });
    if (GetParam().connectWaitsForBacklog) {
        EXPECT_GE(cancelled, 1);
    }
}

TEST_P(CancelAndClose, CloseInTheCompletionIsFine) {
    ConnectedPair pair = Pair();
    TestOperation& send = BlockedSend(*pair.server, bulk_);
    TestOperation& receive = Port().NewOperation([&](Outcome&) { pair.server.reset(); });
    Require(Port().Receive(*pair.server, receive));
    TestOperation& poke = Port().Send(*pair.client, AsBytes("close!"));
    Port().Finish(poke);
    Port().Finish(receive);
    EXPECT_EQ(pair.server, nullptr);
    EXPECT_TRUE(IsCancelled(send) || !send.Last().error) << send.Last().error.message();
}

// Its own operations end, and none of a newer socket that may have got its place.
TEST_P(CancelAndClose, CloseDoesNotTouchOtherSockets) {
    ConnectedPair kept = Pair();
    TestOperation& waiting = Port().Receive(*kept.server);
    for (int i = 0; i < 20; ++i) {
        ConnectedPair pair = Pair();
        TestOperation& receive = Port().Receive(*pair.server);
        SendAll(Port(), *pair.client, AsBytes("x"));
        pair.client.reset();
        pair.server.reset();
        Port().Finish(receive);
    }
    EXPECT_TRUE(waiting.IsInFlight());
    SendAll(Port(), *kept.client, AsBytes("mine"));
    EXPECT_EQ(AsText(Port().Finish(waiting).data), "mine");
}

TEST_P(CancelAndClose, AbortReachesThePeerAsAReset) {
    ConnectedPair pair = Pair();
    TestOperation& receive = Port().Receive(*pair.server);
    pair.client->AbortOnClose();
    pair.client.reset();
    EXPECT_EQ(Port().Finish(receive).error, std::errc::connection_reset);
}

TEST_P(CancelAndClose, ClosedSocketsLeaveNothingInFlight) {
    std::unique_ptr<PortRunner> port = OpenPort();
    std::vector<ConnectedPair> pairs;
    std::vector<TestOperation*> receives;
    for (int i = 0; i < 50; ++i) {
        pairs.push_back(ConnectPair(Net(), *port));
        receives.push_back(&port->Receive(*pairs.back().server));
        receives.push_back(&port->Receive(*pairs.back().client));
    }
    pairs.clear();
    EXPECT_TRUE(port->Await([&] { return port->Submitted() == port->Completed(); }));
    // A side may see the other's close first.
    for (TestOperation* receive : receives) {
        EXPECT_TRUE(IsEndOfStream(receive->Last()) || receive->Last().error == std::errc::operation_canceled);
    }
    port.reset();
}

// The receives were ready when they were submitted, but nobody waits before their sockets close.
TEST_P(CancelAndClose, ThePortMayBeDestroyedAfterSocketsThatWereBusy) {
    const std::vector<std::byte> bytes = Pattern(2 * kReceiveBlockBytes);
    std::unique_ptr<PortRunner> port = OpenPort();
    std::vector<ConnectedPair> pairs;
    for (int i = 0; i < 50; ++i) {
        pairs.push_back(ConnectPair(Net(), *port));
        SendAll(*port, *pairs.back().client, bytes);
        EXPECT_FALSE(ReceiveOnce(*port, *pairs.back().server).data.empty());
    }
    for (const ConnectedPair& pair : pairs) {
        EXPECT_FALSE(port->Receive(*pair.server).Last().refused);
    }
    pairs.clear();
    EXPECT_TRUE(port->Await([&] { return port->Submitted() == port->Completed(); }));
    port.reset();
}

}  // namespace
}  // namespace servercore::test
