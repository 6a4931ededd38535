#include <algorithm>
#include <array>
#include <chrono>
#include <utility>
#include <vector>

#include "tests/Contract/ContractTest.h"
#include "tests/Support/TestStream.h"

namespace servercore::test {
namespace {

class Send : public ContractTest {};
INSTANTIATE_TEST_SUITE_P(Contract, Send, ::testing::ValuesIn(ContractNetworks()), NameOf);

// One end of a connection: sends what it is told, tails included, and receives until the stream ends once its Receive is called.
struct Peer {
    Peer(PortRunner& port, SocketPtr socket)
        : stream(
              port, std::move(socket),
              [this](TestStream&, const Outcome& outcome) {
                  received.insert(received.end(), outcome.data.begin(), outcome.data.end());
                  receiveError = outcome.error;
                  hasReceivedAll = outcome.data.empty() || !stream.Receive();
              },
              [this](TestStream&, const Outcome& outcome) {
                  sendError = outcome.error;
                  hasSentAll = true;
              }) {}

    std::vector<std::byte> received;
    std::error_code receiveError;
    std::error_code sendError;
    bool hasReceivedAll = false;
    bool hasSentAll = false;
    TestStream stream;
};

TEST_P(Send, EchoesBackAndForth) {
    ConnectedPair pair = Pair();
    for (int i = 0; i < 20; ++i) {
        ExpectEchoWorks(Port(), pair);
    }
}

// More than the system buffers, so that sends are short, and then wait.
TEST_P(Send, OfManyMebibytesReachesAReaderThatStartsLate) {
    const std::vector<std::byte> bytes = Pattern(std::size_t{16} * 1024 * 1024);
    ConnectedPair pair = Pair();
    Peer sender(Port(), std::move(pair.client));
    Peer reader(Port(), std::move(pair.server));
    ASSERT_TRUE(sender.stream.Send(bytes));
    Port().Drain();
    EXPECT_FALSE(sender.hasSentAll);

    ASSERT_TRUE(reader.stream.Receive());
    EXPECT_TRUE(Port().Await([&] { return sender.hasSentAll && reader.received.size() >= bytes.size(); }));
    EXPECT_EQ(sender.sendError, std::error_code{});
    EXPECT_TRUE(reader.received == bytes);
}

TEST_P(Send, WorksInBothDirectionsAtOnce) {
    const std::vector<std::byte> request = Pattern(std::size_t{4} * 1024 * 1024);
    const std::vector<std::byte> answer = Pattern(std::size_t{4} * 1024 * 1024, 12345);
    ConnectedPair pair = Pair();
    Peer client(Port(), std::move(pair.client));
    Peer server(Port(), std::move(pair.server));
    ASSERT_TRUE(client.stream.Send(request) && server.stream.Send(answer));
    ASSERT_TRUE(client.stream.Receive() && server.stream.Receive());
    EXPECT_TRUE(Port().Await([&] { return client.hasSentAll && server.hasSentAll; }));
    EXPECT_TRUE(Port().Await([&] { return client.received.size() >= answer.size() && server.received.size() >= request.size(); }));
    EXPECT_TRUE(client.received == answer);
    EXPECT_TRUE(server.received == request);
}

// Buffers of 1, 2, 3, ... bytes.
struct Gather {
    explicit Gather(std::size_t count) : bytes(Pattern(count * (count + 1) / 2)) {
        std::size_t offset = 0;
        for (std::size_t size = 1; size <= count; ++size) {
            buffers.push_back(ConstBytes(bytes).subspan(offset, size));
            offset += size;
        }
    }

    std::vector<std::byte> bytes;
    std::vector<ConstBytes> buffers;
};

TEST_P(Send, GathersSixtyFourBuffersInOrder) {
    const Gather gather(platform::IoBackend::kMaxGather);
    ASSERT_EQ(gather.buffers.size(), 64U);
    ConnectedPair pair = Pair();
    EXPECT_EQ(Port().Finish(Port().Send(*pair.client, gather.buffers)).bytes, gather.bytes.size());
    EXPECT_TRUE(ReceiveExactly(Port(), *pair.server, gather.bytes.size()) == gather.bytes);
}

TEST_P(Send, ReadsTheSpanOfBuffersBeforeItReturns) {
    const Gather gather(10);
    ConnectedPair pair = Pair();
    std::vector<ConstBytes> buffers = gather.buffers;
    TestOperation& send = Port().Send(*pair.client, buffers);
    std::ranges::fill(buffers, ConstBytes{});
    EXPECT_EQ(Port().Finish(send).bytes, gather.bytes.size());
    EXPECT_TRUE(ReceiveExactly(Port(), *pair.server, gather.bytes.size()) == gather.bytes);
}

// A send that has to wait for room takes the buffers in order, however many of them at a time.
TEST_P(Send, GathersInOrderWhenItHasToWait) {
    ConnectedPair pair = Pair();
    const std::vector<std::byte> sent = Pattern(std::size_t{16} * 1024 * 1024);
    constexpr std::size_t kBufferBytes = 5000;
    ConstBytes rest = sent;
    std::vector<ConstBytes> buffers;
    TestOperation* send = nullptr;
    const auto submit = [&] {
        buffers.clear();
        for (ConstBytes tail = rest; !tail.empty() && buffers.size() < platform::IoBackend::kMaxGather;) {
            buffers.push_back(tail.first(std::min(tail.size(), kBufferBytes)));
            tail = tail.subspan(buffers.back().size());
        }
        Require(Port().Send(*pair.client, buffers, *send));
    };
    send = &Port().NewOperation([&](Outcome& outcome) {
        EXPECT_EQ(outcome.error, std::error_code{});
        rest = outcome.error ? ConstBytes{} : rest.subspan(outcome.bytes);
        if (!rest.empty()) {
            submit();
        }
    });
    submit();
    Port().Drain();
    EXPECT_FALSE(rest.empty());

    Peer reader(Port(), std::move(pair.server));
    ASSERT_TRUE(reader.stream.Receive());
    EXPECT_TRUE(Port().Await([&] { return reader.received.size() >= sent.size() && !send->IsInFlight(); }));
    EXPECT_TRUE(reader.received == sent);
}

TEST_P(Send, LeavesTheCompletedBytesToACloseThatFollows) {
    const std::vector<std::byte> sent = Pattern(200'000);
    ConnectedPair pair = Pair();
    Peer reader(Port(), std::move(pair.server));
    ASSERT_TRUE(reader.stream.Receive());
    SendAll(Port(), *pair.client, sent);
    pair.client.reset();
    EXPECT_TRUE(Port().Await([&] { return reader.hasReceivedAll; }));
    EXPECT_TRUE(reader.received == sent);
    EXPECT_EQ(reader.receiveError, std::error_code{});
}

// The first ones may still be taken by the system, until the peer's reset arrives.
TEST_P(Send, FailsOnceThePeerIsGone) {
    ConnectedPair pair = Pair();
    pair.server->AbortOnClose();
    pair.server.reset();
    const std::vector<std::byte> bytes = Pattern(1000);
    const auto deadline = std::chrono::steady_clock::now() + kDeadline;
    std::error_code error;
    while (!error && std::chrono::steady_clock::now() < deadline) {
        error = Port().Finish(Port().Send(*pair.client, bytes)).error;
    }
    EXPECT_TRUE(error == std::errc::connection_reset || error == std::errc::broken_pipe || error == std::errc::connection_aborted)
        << error.message();
}

TEST_P(Send, FailsAfterTheOwnShutdown) {
    ConnectedPair pair = Pair();
    Require(pair.client->ShutdownSend());
    EXPECT_TRUE(Port().Finish(Port().Send(*pair.client, AsBytes("too late"))).error);
    EXPECT_TRUE(IsEndOfStream(ReceiveOnce(Port(), *pair.server)));
}

TEST_P(Send, AndReceiveThatWaitBothEndWhenThePeerResets) {
    ConnectedPair pair = Pair();
    Peer client(Port(), std::move(pair.client));
    ASSERT_TRUE(client.stream.Receive() && client.stream.Send(Pattern(std::size_t{16} * 1024 * 1024)));
    Port().Drain();
    ASSERT_FALSE(client.hasSentAll);

    pair.server->AbortOnClose();
    pair.server.reset();
    EXPECT_TRUE(Port().Await([&] { return client.hasSentAll && client.hasReceivedAll; }));
    EXPECT_TRUE(client.sendError == std::errc::connection_reset || client.sendError == std::errc::broken_pipe)
        << client.sendError.message();
    // Not the end of the stream: that would say that the peer had finished.
    EXPECT_EQ(client.receiveError, std::errc::connection_reset);
}

}  // namespace
}  // namespace servercore::test
