// Sending: when it leaves, in what pieces, and that nothing is lost, doubled or reordered.

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/Support/ServiceFixture.h"

namespace servercore::test {

namespace {

class SessionSendTest : public ServiceFixture {
protected:
    void SetUp() override { StartServer(); }
};

TEST_F(SessionSendTest, SendsOnceForAllThatWasQueuedInABatch) {
    script.onReceived = [&](RecordingSession& session) {
        session.Send(MakeBuffer(service->Buffers(), "one "));
        session.Send(MakeBuffer(service->Buffers(), "two "));
        EXPECT_EQ(network.Count(Call::Send), 0U) << "not before the batch ends";
    };
    const Link link = Accept();
    link.wire->Deliver("x");
    EXPECT_EQ(service->Dispatch(0ms), 1U);
    EXPECT_EQ(network.Count(Call::Send), 1U);
    EXPECT_EQ(link.wire->Gathered(), 2U);
    EXPECT_EQ(link.wire->Offered(), "one two ");
}

TEST_F(SessionSendTest, SendsFromAnotherThreadThanTheDispatching) {
    const Link link = Accept();
    std::thread([&] { EXPECT_EQ(Send(link, "hello"), SendResult::Queued); }).join();
    Dispatch();
    EXPECT_EQ(link.wire->Offered(), "hello");
}

TEST_F(SessionSendTest, GathersWhatIsQueuedMeanwhileIntoTheNextSend) {
    const Link link = Accept();
    Send(link, "first");
    Dispatch();
    Send(link, "second ");
    Send(link, "third");
    Dispatch();
    EXPECT_EQ(link.wire->Count(Call::Send), 1U) << "one send in flight at most";
    link.wire->TakeSend();
    Dispatch();
    EXPECT_EQ(link.wire->Offered(), "second third");
}

TEST_F(SessionSendTest, ResubmitsTheTailOfAShortSendWhereverItWasCut) {
    const std::string stream = "one two three";
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        const Link link = Accept();
        Send(link, "one ");
        Send(link, "two ");
        Send(link, "three");
        Dispatch();
        link.wire->TakeSend(cut);
        Dispatch();
        EXPECT_EQ(link.wire->IsSending(), cut < stream.size());
        EXPECT_EQ(link.wire->Offered(), stream.substr(cut));
        FinishPeer(link);
        EXPECT_EQ(link.wire->Taken(), stream) << "cut at byte " << cut;
    }
}

TEST_F(SessionSendTest, GathersAtMost64Buffers) {
    const Link link = Accept();
    for (int i = 0; i < 150; ++i) {
        Send(link, "x");
    }
    std::vector<std::size_t> gathered;
    for (Dispatch(); link.wire->IsSending(); Dispatch()) {
        gathered.push_back(link.wire->Gathered());
        link.wire->TakeSend();
    }
    EXPECT_EQ(gathered, (std::vector<std::size_t>{64, 64, 22}));
    EXPECT_EQ(link.wire->Taken(), std::string(150, 'x'));
}

TEST_F(SessionSendTest, RefusesBeforeItIsBoundAndAfterItHasClosed) {
    RecordingSession fresh(script);
    EXPECT_EQ(fresh.Send(MakeBuffer(service->Buffers(), "early")), SendResult::Closed);
    fresh.Close();
    fresh.Abort(CloseReason::Kicked);
    EXPECT_EQ(fresh.State(), SessionState::Idle);

    const Link link = Accept();
    link.wire->EndStream();
    Dispatch();
    EXPECT_EQ(Send(link, "late"), SendResult::Closed);
    EXPECT_EQ(service->GetLedger().totals.packetsQueued, 0U);
}

TEST_F(SessionSendTest, CountsWhatItSent) {
    const Link link = Accept();
    Send(link, "one");
    Send(link, "two");
    Dispatch();
    link.wire->TakeSend(5);
    Dispatch();
    link.session->Abort(CloseReason::Kicked);
    Dispatch();
    const SessionTotals totals = service->GetLedger().totals;
    EXPECT_EQ(totals.packetsQueued, 2U);
    EXPECT_EQ(totals.packetsSent, 1U);
    EXPECT_EQ(totals.packetsAbandoned, 1U) << "a packet that left in part only was not sent";
    EXPECT_EQ(totals.bytesSent, 5U);
}

TEST_F(SessionSendTest, CountsTheBytesOfASendThatFailedInPart) {
    const Link link = Accept();
    Send(link, "one");
    Send(link, "two");
    Dispatch();
    link.wire->FailSend(std::make_error_code(std::errc::connection_reset), 3);
    Dispatch();
    EXPECT_EQ(service->GetLedger().totals.packetsSent, 1U);
    EXPECT_EQ(service->GetLedger().totals.packetsAbandoned, 1U);
}

TEST_F(SessionSendTest, ABroadcastSharesOneBuffer) {
    std::vector<Link> links;
    for (int i = 0; i < 20; ++i) {
        links.push_back(Accept());
    }
    SendBufferRef buffer = MakeBuffer(service->Buffers(), "to all");
    for (const Link& link : links) {
        EXPECT_EQ(link.session->Send(buffer), SendResult::Queued);
    }
    buffer = {};
    Dispatch();
    EXPECT_EQ(service->GetLedger().buffersOutstanding, 1U);
    for (const Link& link : links) {
        EXPECT_EQ(link.wire->Offered(), "to all");
        link.wire->TakeSend();
        EXPECT_EQ(service->GetLedger().buffersOutstanding, 1U);
    }
    Dispatch();
    EXPECT_EQ(service->GetLedger().buffersOutstanding, 0U);
}

// --- Limits ------------------------------------------------------------------------------------------------------------

class SendLimitTest : public ServiceFixture {
protected:
    void SetUp() override {
        config.limits.sendHardBytes = 100;
        StartServer();
    }
};

TEST_F(SendLimitTest, QueuesUpToTheHardLimit) {
    const Link link = Accept();
    EXPECT_EQ(Send(link, std::string(60, 'a')), SendResult::Queued);
    EXPECT_EQ(Send(link, std::string(40, 'b')), SendResult::Queued);
    Dispatch();
    link.wire->TakeSend(10);  // what has left makes room
    Dispatch();
    EXPECT_EQ(Send(link, std::string(10, 'c')), SendResult::Queued);
    EXPECT_EQ(link.session->State(), SessionState::Open);
}

TEST_F(SendLimitTest, EndsASlowConsumerAtTheHardLimitAndNobodyElse) {
    const Link bystander = Accept();
    const Link slow = Accept();
    EXPECT_EQ(Send(slow, std::string(100, 'a')), SendResult::Queued);
    Dispatch();
    EXPECT_EQ(Send(slow, "b"), SendResult::QueueFull) << "bytes in flight count until they are taken";
    EXPECT_EQ(Send(slow, "c"), SendResult::Closed);
    Dispatch();
    EXPECT_EQ(slow.session->LastEvent(), "disconnected: SlowConsumer by local");
    EXPECT_TRUE(slow.wire->Saw(Call::AbortOnClose));
    EXPECT_EQ(bystander.session->State(), SessionState::Open);

    const SessionTotals totals = service->GetLedger().totals;
    EXPECT_EQ(totals.packetsQueued, 1U);
    EXPECT_EQ(totals.packetsAbandoned, 1U);
}

TEST_F(SendLimitTest, TheMemoryOfAPeerThatNeverReadsHasAnUpperBound) {
    const Link slow = Accept();
    const SendBufferRef broadcast = MakeBuffer(service->Buffers(), std::string(10, 'x'));
    for (int i = 0; i < 1000; ++i) {
        slow.session->Send(broadcast);
        Dispatch();
    }
    EXPECT_EQ(service->GetLedger().totals.packetsQueued, 10U);
    EXPECT_EQ(slow.session->CountOf("disconnected: SlowConsumer"), 1U);
}

// --- Around the submit -------------------------------------------------------------------------------------------------

TEST_F(SessionSendTest, HoldsNoLockWhileItSubmits) {
    const Link link = Accept();
    int more = 2;
    network.beforeCall = [&](Call call, FakeSocket*) {
        if (call == Call::Send && more > 0) {
            --more;
            EXPECT_EQ(Send(link, "again"), SendResult::Queued);  // a held lock would hang here
            EXPECT_EQ(link.session->State(), SessionState::Open);
        }
    };
    Send(link, "first ");
    Dispatch();
    EXPECT_EQ(link.wire->Offered(), "first ");
    FinishPeer(link);
    EXPECT_EQ(link.wire->Taken(), "first againagain");
}

TEST_F(SessionSendTest, HoldsNoLockWhileItCancelsOrShutsDown) {
    const Link first = Accept();
    const Link second = Accept();
    network.beforeCall = [&](Call call, FakeSocket* socket) {
        if (call == Call::Cancel || call == Call::AbortOnClose || call == Call::ShutdownSend) {
            const Link& link = socket == first.wire ? first : second;
            EXPECT_EQ(Send(link, "x"), SendResult::Closed);
            link.session->Close();
        }
    };
    first.session->Close();
    second.session->Abort(CloseReason::Kicked);
    Dispatch();
    FinishPeer(first);
    EXPECT_EQ(first.session->CountOf("disconnected"), 1U);
    EXPECT_EQ(second.session->CountOf("disconnected"), 1U);
}

TEST_F(SessionSendTest, LetsTheCompletionOvertakeTheSubmit) {
    const Link link = Accept();
    bool overtake = true;
    network.afterCall = [&](Call call, FakeSocket*) {
        if (call == Call::Send && std::exchange(overtake, false)) {
            link.wire->TakeSend(3);
            std::thread([this] { service->Dispatch(0ms); }).join();  // runs the completion, which submits the tail
        }
    };
    Send(link, "abcdef");
    Dispatch();
    EXPECT_EQ(link.wire->Offered(), "def");
    link.wire->TakeSend();
    Dispatch();
    EXPECT_EQ(link.wire->Taken(), "abcdef");
}

TEST_F(SessionSendTest, KeepsEverythingWhenASubmitLacksResources) {
    for (const std::errc shortage : {std::errc::no_buffer_space, std::errc::not_enough_memory, std::errc::resource_unavailable_try_again}) {
        const Link link = Accept();
        network.Fail(Call::Send, shortage, 3);
        Send(link, "one ");
        Send(link, "two ");
        Dispatch();
        EXPECT_FALSE(link.wire->IsSending());
        EXPECT_EQ(link.session->State(), SessionState::Open);
        for (int i = 0; i < 3; ++i) {
            Advance(kUpkeep);
        }
        EXPECT_EQ(link.wire->Offered(), "one two ");
        link.wire->TakeSend();
        Dispatch();
        EXPECT_EQ(Send(link, "three"), SendResult::Queued);
        Dispatch();
        FinishPeer(link);
        EXPECT_EQ(link.wire->Taken(), "one two three");
        EXPECT_EQ(link.wire->Count(Call::Send), 5U) << "a shortage is not asked about in a tight loop";
    }
}

TEST_F(SessionSendTest, KeepsTheTailWhenItsResubmitLacksResources) {
    const Link link = Accept();
    Send(link, "abcdef");
    Dispatch();
    network.Fail(Call::Send, std::errc::no_buffer_space, 1);
    link.wire->TakeSend(2);
    Dispatch();
    EXPECT_FALSE(link.wire->IsSending());
    Advance(kUpkeep);
    EXPECT_EQ(link.wire->Offered(), "cdef");
}

TEST_F(SessionSendTest, DrainsAndSendsFinAfterAShortageToo) {
    const Link link = Accept();
    network.Fail(Call::Send, std::errc::no_buffer_space, 1);
    Send(link, "rest");
    link.session->Close();
    Dispatch();
    EXPECT_FALSE(link.wire->Saw(Call::ShutdownSend)) << "what is queued goes first";
    Advance(kUpkeep);
    FinishPeer(link);
    EXPECT_EQ(link.wire->Taken(), "rest");
    EXPECT_EQ(link.session->LastEvent(), "disconnected: LocalClose by local, graceful");
}

TEST_F(SessionSendTest, ASubmitThatFailsOtherwiseEndsTheSession) {
    const Link link = Accept();
    network.Fail(Call::Send, std::errc::connection_reset, 1);
    Send(link, "lost");
    Dispatch();
    EXPECT_EQ(link.session->LastEvent(), "disconnected: PeerReset by peer");
    EXPECT_EQ(service->GetLedger().totals.packetsAbandoned, 1U);
}

// --- Threads -----------------------------------------------------------------------------------------------------------

TEST_F(SessionSendTest, KeepsTheOrderOfEachThreadAndNeverMixesPackets) {
    constexpr unsigned kThreads = 3;
    constexpr unsigned kPackets = 1500;
    const Link link = Accept();
    std::vector<std::thread> threads;
    std::atomic<unsigned> queued = 0;
    std::atomic<unsigned> finished = 0;
    for (unsigned t = 0; t < kThreads; ++t) {
        threads.emplace_back([&, t] {
            for (unsigned i = 0; i < kPackets; ++i) {
                const std::string packet = EncodePacket(static_cast<std::uint16_t>(t), std::to_string(i) + std::string(i % 100, '.'));
                queued += Send(link, packet) == SendResult::Queued ? 1U : 0U;
            }
            ++finished;
        });
    }
    std::mt19937 random(1);
    for (bool hasEnded = false; !hasEnded;) {
        const bool isAllQueued = finished.load() == kThreads;  // before the dispatch that sees what was queued last
        if (link.wire->IsSending()) {
            link.wire->TakeSend(random() % 2000);
        }
        Dispatch();
        hasEnded = isAllQueued && !link.wire->IsSending();
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    FinishPeer(link);
    EXPECT_EQ(queued.load(), kThreads * kPackets);

    struct Sink final : PacketSink {
        bool OnFramedPacket(const PacketView& packet) override {
            const std::string body(reinterpret_cast<const char*>(packet.body.data()), packet.body.size());
            EXPECT_EQ(body.substr(0, body.find('.')), std::to_string(next[packet.id]++));
            return !::testing::Test::HasFailure();
        }
        std::map<std::uint16_t, unsigned> next;
    } sink;
    const std::string stream = link.wire->Taken();
    EXPECT_EQ(PacketFramer(kMaxPacketBytes).Feed(std::as_bytes(std::span(stream)), sink).error, FrameError::None);
    EXPECT_EQ(sink.next, (std::map<std::uint16_t, unsigned>{{0, kPackets}, {1, kPackets}, {2, kPackets}}));
}

}  // namespace

}  // namespace servercore::test
