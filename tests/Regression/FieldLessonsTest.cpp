// Defects seen again and again in public servers of this design, one test or more for each that shows above the seam. The number is the
// defect's. Those below the seam (3, 4, 7, 9, and the halves of 2, 8, 20 and 21) are tests/Contract's.

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "ServerCore/Job/WorkerPool.h"
#include "ServerCore/Net/PacketSession.h"
#include "tests/Support/ServiceFixture.h"

namespace servercore::test {

namespace {

using Events = std::vector<std::string>;

const std::error_code kNoHandles = std::make_error_code(std::errc::too_many_files_open);

using FieldLessons = ServiceFixture;

// --- 1: a size field of 0 loops for ever, one below the header's size makes the handler read outside --------------------------

class CountingPacketSession final : public PacketSession {
public:
    explicit CountingPacketSession(std::size_t& packets) : packets_(packets) {}

protected:
    void OnPacket(const PacketView&) override { ++packets_; }

private:
    std::size_t& packets_;
};

TEST_F(FieldLessons, A01_NoSizeFieldLoopsOrUnderflows) {
    std::size_t packets = 0;
    StartServer(1, [&] { return std::make_shared<CountingPacketSession>(packets); });
    for (char size = 0; size < 4; ++size) {
        FakeSocket& wire = network.Listener().AcceptFrom({});
        Dispatch();
        wire.Deliver(EncodePacket(1, "fine") + std::string{size, 0, 1, 0} + std::string(100, '\0'));
        Dispatch();
        EXPECT_TRUE(wire.Saw(Call::Close));
    }
    EXPECT_EQ(packets, 4U) << "each good one, and none of the others";
    EXPECT_EQ(service->GetLedger().closedBy[static_cast<std::size_t>(CloseReason::PacketTooSmall)], 4U);
}

// --- 2: a failed completion is dispatched without its error, so a refused connect "succeeds" ----------------------------------

TEST_F(FieldLessons, A02_ARefusedConnectNeverReportsAConnection) {
    StartClient();
    const Link link = BeginConnect();
    link.wire->FinishConnect(std::make_error_code(std::errc::connection_refused));
    Dispatch();
    EXPECT_EQ(link.session->Events(), Events{"connect failed: ConnectFailed by peer"});
    EXPECT_FALSE(link.wire->Saw(Call::Receive));
}

// --- 3: there is no way to stop a worker --------------------------------------------------------------------------------------

TEST_F(FieldLessons, A03_WorkersStopWhenToldTo) {
    const SteadyClock steady;
    config.workers = 3;
    ClientService client(network, config, steady, log);
    ASSERT_FALSE(client.Start());
    client.Stop();
    EXPECT_EQ(client.Wait(20s), WaitResult::Stopped);
    EXPECT_EQ(client.GetLedger().workersRunning, 0U);
}

// --- 4: a port that could not be created goes unnoticed -----------------------------------------------------------------------

TEST_F(FieldLessons, A04_AServiceWithoutAPortDoesNotStart) {
    network.Fail(Call::OpenPort, kNoHandles);
    ClientService client(network, config, clock, log);
    EXPECT_EQ(client.Start(), kNoHandles);
}

// --- 5: a failing accept retries by recursion, and a null session is used -----------------------------------------------------

TEST_F(FieldLessons, A05_FailingAcceptsDoNotRecurseAndTheServerRecovers) {
    StartServer(4);
    network.Fail(Call::Accept, kNoHandles);
    for (int i = 0; i < 4; ++i) {
        network.Listener().FailAccept(kNoHandles);
    }
    Dispatch();
    EXPECT_EQ(network.Listener().Accepting(), 0U);
    const std::size_t before = network.Count(Call::Accept);
    for (int i = 0; i < 600; ++i) {
        Advance(kUpkeep);  // for a minute
    }
    EXPECT_LE(network.Count(Call::Accept) - before, 4U * 85U) << "no more than once in 700 ms";

    network.Fail(Call::Accept, {}, 0);
    Advance(2s);
    EXPECT_EQ(network.Listener().Accepting(), 4U) << "back at full depth without a restart";
    EXPECT_NE(Accept().session, nullptr);
}

TEST_F(FieldLessons, A05_AFactoryThatReturnsNothingRefusesTheConnection) {
    StartServer(1, [] { return nullptr; });
    for (int i = 0; i < 10; ++i) {
        FakeSocket& wire = network.Listener().AcceptFrom({});
        Dispatch();
        EXPECT_TRUE(wire.Saw(Call::Close));
    }
    EXPECT_EQ(service->GetLedger().AcceptsRefused(), 10U);
}

// --- 6: one accept and one big receive buffer per possible session, and the maximum is not even enforced ----------------------

TEST_F(FieldLessons, A06_TheCostOfTheSessionCapIsPaidBySessionsThatExist) {
    static_assert(sizeof(Session) + sizeof(PacketSession) < 2048, "a session holds no receive buffer");
    config.maxSessions = 10;
    StartServer(2);
    EXPECT_EQ(network.Listener().Accepting(), 2U);
    for (int i = 0; i < 20 && network.Listener().Accepting() > 0; ++i) {
        Accept();
        Advance(kUpkeep);
    }
    EXPECT_EQ(service->SessionCount(), 10U);
    EXPECT_EQ(service->GetLedger().sessionsOpened, 10U);
}

// --- 8: Nagle's algorithm is never switched off -------------------------------------------------------------------------------

TEST_F(FieldLessons, A08_EveryConnectionHasNoDelayBeforeItsFirstSend) {
    script.onConnected = [&](RecordingSession& session) { session.Send(MakeBuffer(service->Buffers(), "x")); };
    network.beforeCall = [](Call call, FakeSocket* socket) {
        if (call == Call::Send) {
            EXPECT_TRUE(socket->Options().contains(platform::SocketOption::NoDelay));
        }
    };
    StartServer();
    EXPECT_TRUE(Accept().wire->IsSending());
    EndService();
    StartClient();
    EXPECT_TRUE(Connect().wire->IsSending());
}

// --- 10: a disconnect that fails at once is never reported, and the session leaks ---------------------------------------------

TEST_F(FieldLessons, A10_ADisconnectThatFailsAtOnceIsReportedAndLeaksNothing) {
    network.Fail(Call::ShutdownSend, std::errc::not_connected);
    StartServer();
    const Link link = Accept();
    const std::weak_ptr<Session> watch = link.session;
    link.session->Close();
    Dispatch();
    EXPECT_EQ(link.session->CountOf("disconnected"), 1U);
    EXPECT_EQ(service->SessionCount(), 0U);
    EXPECT_EQ(watch.use_count(), 2) << "only the test holds it: `sessions` and `link`";
}

// --- 11: an error that is not a reset leaves a session without a receive ------------------------------------------------------

TEST_F(FieldLessons, A11_NoErrorLeavesASessionBehind) {
    StartServer();
    for (const std::errc error : {std::errc::timed_out, std::errc::network_reset, std::errc::not_connected, std::errc::broken_pipe,
                                  std::errc::io_error, std::errc::operation_canceled}) {
        const Link link = Accept();
        link.wire->FailReceive(std::make_error_code(error));
        Dispatch();
        EXPECT_EQ(link.session->CountOf("disconnected"), 1U) << std::make_error_code(error).message();
    }
    EXPECT_EQ(service->SessionCount(), 0U);
}

// --- 12: what a failed send had gathered is dropped, and the session goes on --------------------------------------------------

TEST_F(FieldLessons, A12_AStreamNeverHasAHole) {
    StartServer();
    const Link link = Accept();
    std::string expected;
    for (int i = 0; i < 50; ++i) {
        network.Fail(Call::Send, std::errc::no_buffer_space, 1, static_cast<std::size_t>(i % 3));
        const std::string packet = "packet " + std::to_string(i) + ' ';
        expected += packet;
        EXPECT_EQ(Send(link, packet), SendResult::Queued);
        Advance(kUpkeep);
        if (link.wire->IsSending()) {
            link.wire->TakeSend(5);
        }
        Dispatch();
    }
    for (int i = 0; i < 10; ++i) {
        FinishPeer(link);
        Advance(kUpkeep);
    }
    EXPECT_EQ(link.wire->Taken(), expected);
    EXPECT_EQ(link.session->State(), SessionState::Open);
}

// --- 13: the send queue has no bound, and one send gathers all of it ----------------------------------------------------------

TEST_F(FieldLessons, A13_AClientThatNeverReadsCostsABoundedAmountOfMemory) {
    StartServer();
    const Link victim = Accept();
    const Link other = Accept();
    for (int i = 0; i < 100000 && victim.session->State() == SessionState::Open; ++i) {
        Send(victim, std::string(1000, 'x'));
        Dispatch();
        ASSERT_LE(victim.wire->Gathered(), platform::IoBackend::kMaxGather);
        ASSERT_LE(service->GetLedger().buffersOutstanding, config.limits.sendHardBytes / 1000);
    }
    EXPECT_EQ(victim.session->LastEvent(), "disconnected: SlowConsumer by local");
    EXPECT_EQ(other.session->State(), SessionState::Open);
}

// --- 14: sends are submitted under the session's lock, and a broadcast holds the service's ------------------------------------

TEST_F(FieldLessons, A14_OtherThreadsGetOnWhileASendIsBeingSubmitted) {
    StartServer();
    const Link first = Accept();
    const Link second = Accept();
    bool once = true;
    network.beforeCall = [&](Call call, FakeSocket*) {
        if (call == Call::Send && std::exchange(once, false)) {
            std::thread([&] {
                EXPECT_EQ(Send(first, "b"), SendResult::Queued);
                EXPECT_EQ(Send(second, "c"), SendResult::Queued);
                EXPECT_EQ(service->SessionCount(), 2U);
                EXPECT_NE(service->FindSession(first.session->Id()), nullptr);
                EXPECT_FALSE(service->GetLedger().IsBalanced());
            }).join();  // never comes back if the submit is made under a lock
        }
    };
    Send(first, "a");
    Dispatch();
    FinishPeer(first);
    FinishPeer(second);
    EXPECT_EQ(first.wire->Taken(), "ab");
    EXPECT_EQ(second.wire->Taken(), "c");
}

// --- 15: a large send buffer kills the process, a small one pins a whole chunk -------------------------------------------------

TEST_F(FieldLessons, A15_ABufferOfAnySizeIsFineAndPinsOnlyItself) {
    StartServer();
    const Link link = Accept();
    const std::string large(400000, 'x');
    EXPECT_EQ(Send(link, large), SendResult::Queued);
    EXPECT_EQ(Send(link, "small"), SendResult::Queued);
    Dispatch();
    FinishPeer(link);
    EXPECT_EQ(link.wire->Taken(), large + "small");
    const SendBufferRef held = MakeBuffer(service->Buffers(), "kept by a slow client");
    for (int i = 0; i < 100; ++i) {
        static_cast<void>(MakeBuffer(service->Buffers(), "others come and go"));
    }
    EXPECT_EQ(service->Buffers().Outstanding(), 1U);
}

// --- 16: nothing limits a connection that never speaks, speaks too slowly or too much ------------------------------------------

TEST_F(FieldLessons, A16_SilentTricklingAndFloodingClientsAreSentAway) {
    PacketLimitsConfig limits;
    limits.packets = {.perSecond = 10, .burst = 10};
    config.limits = {
        .firstPacketTimeout = 5s, .idleTimeout = 30s, .packets = std::make_shared<PacketLimits>(*PacketLimits::Create(limits))};
    config.admission.maxSessionsPerHost = 3;
    std::size_t packets = 0;
    StartServer(4, [&] { return std::make_shared<CountingPacketSession>(packets); });
    const std::string packet = EncodePacket(1, "x");

    FakeSocket& silent = network.Listener().AcceptFrom({});
    FakeSocket& trickle = network.Listener().AcceptFrom({});
    FakeSocket& flood = network.Listener().AcceptFrom({});
    FakeSocket& fourth = network.Listener().AcceptFrom({});
    Dispatch();
    EXPECT_TRUE(fourth.Saw(Call::Close)) << "too many from one host";

    for (int i = 0; i < 20 && flood.IsReceiving(); ++i) {
        flood.Deliver(packet);
        Dispatch();
    }
    EXPECT_EQ(packets, 11U) << "no more is read than the budget allows";
    trickle.Deliver(packet.substr(0, 3));
    for (int i = 0; i < 50; ++i) {
        Advance(100ms);
        for (int more = 0; more < 5 && flood.IsReceiving(); ++more) {
            flood.Deliver(packet);
            Dispatch();
        }
    }
    EXPECT_LE(packets, 10 + 5 * 10 + 1U);
    EXPECT_TRUE(silent.Saw(Call::Close));
    EXPECT_TRUE(trickle.Saw(Call::Close));
    const Ledger ledger = service->GetLedger();
    EXPECT_EQ(ledger.closedBy[static_cast<std::size_t>(CloseReason::FirstPacketTimeout)], 2U);
    EXPECT_EQ(ledger.closedBy[static_cast<std::size_t>(CloseReason::RateLimited)], 1U);

    FakeSocket& quiet = network.Listener().AcceptFrom({});
    Dispatch();
    quiet.Deliver(packet);
    Dispatch();
    Advance(30s);
    EXPECT_TRUE(quiet.Saw(Call::Close));
    EXPECT_EQ(service->GetLedger().closedBy[static_cast<std::size_t>(CloseReason::IdleTimeout)], 1U);
}

// --- 17: jobs run on I/O threads, their queue has no bound ----------------------------------------------------------------------

TEST_F(FieldLessons, A17_JobsRunOnThreadsOfTheirOwnInABoundedQueue) {
    const SteadyClock steady;
    std::thread::id ioThread;
    std::thread::id jobThread;
    {
        WorkerPool pool("jobs");
        const auto queue = std::make_shared<JobQueue>(pool, steady, JobQueueLimits{.maxJobs = 1});
        script.onConnected = [&](RecordingSession&) {
            ioThread = std::this_thread::get_id();
            EXPECT_EQ(queue->Post([&] { jobThread = std::this_thread::get_id(); }), JobQueue::PostResult::Queued);
            EXPECT_EQ(queue->Post([] {}), JobQueue::PostResult::Full);
        };
        StartServer();
        Accept();
        pool.Start(1);
    }
    EXPECT_EQ(ioThread, std::this_thread::get_id());
    EXPECT_NE(jobThread, std::thread::id());
    EXPECT_NE(jobThread, ioThread);
}

// --- 18: releasing a session twice kills the server, and it cannot be closed ----------------------------------------------------

TEST_F(FieldLessons, A18_ASessionMayBeEndedAnyNumberOfTimesAndTheServiceStops) {
    script.onDisconnected = [](RecordingSession& session) { session.Abort(CloseReason::Kicked); };
    StartServer();
    const Link link = Accept();
    link.wire->EndStream();
    link.session->Close();
    link.session->Abort(CloseReason::Kicked);
    link.session->Abort(CloseReason::Kicked);
    Dispatch();
    link.session->Abort(CloseReason::Kicked);
    EXPECT_EQ(link.session->CountOf("disconnected"), 1U);
    const Link survivor = Accept();
    service->Stop();
    service->Stop();
    Dispatch();
    FinishPeer(survivor);
    EXPECT_EQ(service->Wait(0ms), WaitResult::Stopped);
}

// --- 19, 20: bytes are moved over themselves in the receive buffer, headers are read unaligned, IPv4 only -----------------------

TEST_F(FieldLessons, A19_A20_PacketsSurviveAnySplitAtAnyAlignment) {
    std::size_t packets = 0;
    StartServer(1, [&] { return std::make_shared<CountingPacketSession>(packets); });
    FakeSocket& wire = network.Listener().AcceptFrom(NetAddress::Loopback(AddressFamily::IPv6, 5));
    Dispatch();
    std::string stream;
    for (std::size_t i = 0; i < 200; ++i) {
        stream += EncodePacket(1, std::string(i % 13, 'x'));
    }
    for (std::size_t at = 0, piece = 1; at < stream.size(); at += piece, piece = piece % 17 + 1) {
        wire.Deliver(std::string_view(stream).substr(at, piece));
        Dispatch();
    }
    EXPECT_EQ(packets, 200U);
}

// --- 21: a short send loses its tail ---------------------------------------------------------------------------------------------

TEST_F(FieldLessons, A21_EveryShortSendIsContinued) {
    StartServer();
    const Link link = Accept();
    std::string expected;
    for (int i = 0; i < 100; ++i) {
        expected += std::to_string(i) + ' ';
        Send(link, std::to_string(i) + ' ');
    }
    Dispatch();
    for (std::size_t taken = 1; link.wire->IsSending(); taken = taken % 7 + 1) {
        link.wire->TakeSend(taken);
        Dispatch();
    }
    EXPECT_EQ(link.wire->Taken(), expected);
}

}  // namespace

}  // namespace servercore::test
