#include <algorithm>
#include <vector>

#include "ServerCore/Buffer/ReceiveBlockPool.h"
#include "tests/Contract/ContractTest.h"

namespace servercore::test {
namespace {

class Receive : public ContractTest {
protected:
    // Received until the end of the stream or an error, one receive after the other.
    [[nodiscard]] Outcome ReceiveUntilTheEnd(platform::Socket& socket) {
        Outcome all;
        while (true) {
            const Outcome& outcome = ReceiveOnce(Port(), socket);
            EXPECT_EQ(outcome.bytes, outcome.data.size());
            all.data.insert(all.data.end(), outcome.data.begin(), outcome.data.end());
            all.error = outcome.error;
            if (outcome.error || outcome.data.empty()) {
                return all;
            }
        }
    }
};
INSTANTIATE_TEST_SUITE_P(Contract, Receive, ::testing::ValuesIn(ContractNetworks()), NameOf);

TEST_P(Receive, WaitsForTheData) {
    ConnectedPair pair = Pair();
    TestOperation& receive = Port().Receive(*pair.server);
    Port().Drain();
    EXPECT_TRUE(receive.IsInFlight());
    SendAll(Port(), *pair.client, AsBytes("data"));
    EXPECT_EQ(AsText(Port().Finish(receive).data), "data");
    EXPECT_EQ(receive.Last().bytes, 4U);
    EXPECT_EQ(receive.Last().error, std::error_code{});
}

TEST_P(Receive, DeliversDataThatArrivedBeforeIt) {
    ConnectedPair pair = Pair();
    SendAll(Port(), *pair.client, AsBytes("early"));
    Port().Drain();
    EXPECT_EQ(AsText(ReceiveExactly(Port(), *pair.server, 5)), "early");
}

TEST_P(Receive, DeliversWhatArrivedBeforeTheSocketWasAttached) {
    const SocketPtr listener = Listen();
    SocketPtr client = OpenStream(Net(), Port());
    Require(Port().Finish(Port().Connect(*client, AddressOf(*listener))).error);
    const SocketPtr server = std::move(Port().Finish(Port().Accept(*listener)).accepted);
    ASSERT_NE(server, nullptr);
    SendAll(Port(), *client, AsBytes("early"));
    client.reset();

    Require(Port().Port().Attach(*server));
    EXPECT_EQ(AsText(ReceiveExactly(Port(), *server, 5)), "early");
    EXPECT_TRUE(IsEndOfStream(ReceiveOnce(Port(), *server)));
}

TEST_P(Receive, DeliversALargeTransferInOrder) {
    const std::vector<std::byte> sent = Pattern(std::size_t{256} * 1024);
    ConnectedPair pair = Pair();
    std::vector<std::byte> received;
    ConstBytes rest = sent;
    while (!rest.empty()) {
        const ConstBytes part = rest.first(std::min<std::size_t>(rest.size(), 50'000));
        SendAll(Port(), *pair.client, part);
        rest = rest.subspan(part.size());
        const std::vector<std::byte> arrived = ReceiveExactly(Port(), *pair.server, part.size());
        received.insert(received.end(), arrived.begin(), arrived.end());
    }
    EXPECT_TRUE(received == sent);
}

// The sizes around what one receive can take at most.
TEST_P(Receive, DeliversWholeBlocksAndTheEndBehindThem) {
    for (const std::size_t size : {kReceiveBlockBytes - 1, kReceiveBlockBytes, kReceiveBlockBytes + 1, 2 * kReceiveBlockBytes}) {
        ConnectedPair pair = Pair();
        const std::vector<std::byte> sent = Pattern(size);
        SendAll(Port(), *pair.client, sent);
        EXPECT_TRUE(ReceiveExactly(Port(), *pair.server, size) == sent);

        TestOperation& receive = Port().Receive(*pair.server);
        Port().Drain();
        EXPECT_TRUE(receive.IsInFlight()) << size;
        pair.client.reset();
        EXPECT_TRUE(IsEndOfStream(Port().Finish(receive))) << size;
    }
}

TEST_P(Receive, MayBeSubmittedAgainInItsCompletion) {
    const std::vector<std::byte> sent = Pattern(100'000);
    ConnectedPair pair = Pair();
    std::vector<std::byte> received;
    bool ended = false;
    TestOperation* receive = nullptr;
    receive = &Port().NewOperation([&](Outcome& outcome) {
        received.insert(received.end(), outcome.data.begin(), outcome.data.end());
        ended = outcome.error || outcome.data.empty() || Port().Receive(*pair.server, *receive);
    });
    Require(Port().Receive(*pair.server, *receive));
    SendAll(Port(), *pair.client, sent);
    pair.client.reset();
    EXPECT_TRUE(Port().Await([&] { return ended; }));
    EXPECT_TRUE(received == sent);
}

// A whole block lets a backend read on at once, here in vain; what comes later must arrive all the same.
TEST_P(Receive, WaitsAgainAfterAWholeBlock) {
    ConnectedPair pair = Pair();
    const std::vector<std::byte> block = Pattern(kReceiveBlockBytes);
    std::vector<std::byte> received;
    TestOperation* receive = nullptr;
    receive = &Port().NewOperation([&](Outcome& outcome) {
        EXPECT_FALSE(outcome.error) << outcome.error.message();
        received.insert(received.end(), outcome.data.begin(), outcome.data.end());
        if (received.size() <= block.size()) {
            Require(Port().Receive(*pair.server, *receive));
        }
    });
    SendAll(Port(), *pair.client, block);
    Require(Port().Receive(*pair.server, *receive));
    EXPECT_TRUE(Port().Await([&] { return received.size() == block.size(); }));
    Port().Drain();
    EXPECT_TRUE(receive->IsInFlight());
    SendAll(Port(), *pair.client, AsBytes("more"));
    EXPECT_TRUE(Port().Await([&] { return !receive->IsInFlight(); }));
    EXPECT_EQ(AsText(ConstBytes(received).subspan(block.size())), "more");
}

TEST_P(Receive, OfManyIdleConnectionsHoldsNoMemory) {
    std::vector<ConnectedPair> pairs;
    std::vector<TestOperation*> receives;
    for (int i = 0; i < 50; ++i) {
        pairs.push_back(Pair());
        receives.push_back(&Port().Receive(*pairs.back().server));
        receives.push_back(&Port().Receive(*pairs.back().client));
    }
    Port().Drain();
    EXPECT_TRUE(std::ranges::all_of(receives, [](const TestOperation* receive) { return receive->IsInFlight(); }));
    EXPECT_EQ(Port().Port().Stats().receiveBlocks, 0U);

    // Served one after the other by this thread, from its one block.
    std::size_t mostBlocks = 0;
    const auto note = [&](Outcome&) { mostBlocks = std::max(mostBlocks, Port().Port().Stats().receiveBlocks); };
    for (ConnectedPair& pair : pairs) {
        SendAll(Port(), *pair.client, AsBytes("x"));
        pair.client.reset();
    }
    EXPECT_TRUE(
        Port().Await([&] { return std::ranges::none_of(receives, [](const TestOperation* receive) { return receive->IsInFlight(); }); }));
    for (ConnectedPair& pair : pairs) {
        TestOperation& last = Port().NewOperation(note);
        Require(Port().Receive(*pair.server, last));
    }
    EXPECT_TRUE(Port().Await([&] { return Port().Completed() == Port().Submitted(); }));
    EXPECT_LE(mostBlocks, 1U);
    EXPECT_EQ(Port().Port().Stats().receiveBlocks, 0U);
}

TEST_P(Receive, ReportsTheEndOfTheStreamWhilePending) {
    ConnectedPair pair = Pair();
    TestOperation& receive = Port().Receive(*pair.server);
    Port().Drain();
    pair.client.reset();
    EXPECT_TRUE(IsEndOfStream(Port().Finish(receive)));
}

TEST_P(Receive, ReportsTheEndOfTheStreamAgainAndAgain) {
    ConnectedPair pair = Pair();
    Require(pair.client->ShutdownSend());
    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(IsEndOfStream(ReceiveOnce(Port(), *pair.server)));
    }
}

// Data and FIN are both there before anybody waits: one readiness event announces them together.
TEST_P(Receive, DeliversTheLastDataBeforeTheEndThatCameWithIt) {
    ConnectedPair pair = Pair();
    const TestOperation& send = Port().Send(*pair.client, AsBytes("last words"));
    pair.client.reset();
    EXPECT_EQ(AsText(ReceiveExactly(Port(), *pair.server, 10)), "last words");
    EXPECT_TRUE(IsEndOfStream(ReceiveOnce(Port(), *pair.server)));
    EXPECT_TRUE(Port().Await([&] { return !send.IsInFlight(); }));
}

TEST_P(Receive, DeliversTheLastDataBeforeTheEndToAPendingReceive) {
    ConnectedPair pair = Pair();
    TestOperation& receive = Port().Receive(*pair.server);
    Port().Drain();
    const TestOperation& send = Port().Send(*pair.client, AsBytes("last words"));
    Require(pair.client->ShutdownSend());
    EXPECT_EQ(AsText(Port().Finish(receive).data), "last words");
    EXPECT_TRUE(IsEndOfStream(ReceiveOnce(Port(), *pair.server)));
    EXPECT_TRUE(Port().Await([&] { return !send.IsInFlight(); }));
}

TEST_P(Receive, GetsEverythingThatAClosedPeerHadSent) {
    const std::vector<std::byte> sent = Pattern(60'000);
    ConnectedPair pair = Pair();
    SendAll(Port(), *pair.client, sent);
    pair.client.reset();
    const Outcome all = ReceiveUntilTheEnd(*pair.server);
    EXPECT_EQ(all.error, std::error_code{});
    EXPECT_TRUE(all.data == sent);
}

TEST_P(Receive, GoesOnAfterTheOwnSideHasShutDown) {
    ConnectedPair pair = Pair();
    Require(pair.client->ShutdownSend());
    EXPECT_TRUE(IsEndOfStream(ReceiveOnce(Port(), *pair.server)));
    SendAll(Port(), *pair.server, AsBytes("still here"));
    EXPECT_EQ(AsText(ReceiveExactly(Port(), *pair.client, 10)), "still here");
    pair.server.reset();
    EXPECT_TRUE(IsEndOfStream(ReceiveOnce(Port(), *pair.client)));
}

TEST_P(Receive, ReportsAResetWhilePending) {
    ConnectedPair pair = Pair();
    TestOperation& receive = Port().Receive(*pair.server);
    Port().Drain();
    pair.client->AbortOnClose();
    pair.client.reset();
    const Outcome& outcome = Port().Finish(receive);
    EXPECT_EQ(outcome.error, std::errc::connection_reset);
    EXPECT_NE(outcome.error, std::errc::operation_canceled);
    EXPECT_NE(outcome.error.value(), 0);
    EXPECT_TRUE(outcome.data.empty());
}

TEST_P(Receive, ReportsAResetThatCameBeforeIt) {
    ConnectedPair pair = Pair();
    pair.client->AbortOnClose();
    pair.client.reset();
    const Outcome& outcome = ReceiveOnce(Port(), *pair.server);
    EXPECT_TRUE(outcome.data.empty());
    if (GetParam().reportsEarlyReset) {
        EXPECT_EQ(outcome.error, std::errc::connection_reset);
    }
}

TEST_P(Receive, OnOneSocketDoesNotWaitForAnother) {
    ConnectedPair quiet = Pair();
    ConnectedPair busy = Pair();
    TestOperation& pending = Port().Receive(*quiet.server);
    for (int i = 0; i < 10; ++i) {
        ExpectEchoWorks(Port(), busy);
    }
    EXPECT_TRUE(pending.IsInFlight());
    SendAll(Port(), *quiet.client, AsBytes("now"));
    EXPECT_EQ(AsText(Port().Finish(pending).data), "now");
}

}  // namespace
}  // namespace servercore::test
