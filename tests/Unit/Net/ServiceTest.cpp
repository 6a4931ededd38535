#include "ServerCore/Net/Service.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "tests/Support/ServiceFixture.h"

namespace servercore::test {

namespace {

using Events = std::vector<std::string>;

constexpr std::chrono::seconds kPatience{20};

class ServiceTest : public ServiceFixture {
protected:
    [[nodiscard]] bool HasStopped() { return service->Wait(0ms) == WaitResult::Stopped; }
};

TEST_F(ServiceTest, StopClosesEverySessionGracefully) {
    StartServer();
    const Link idle = Accept();
    const Link busy = Accept();
    Send(busy, "farewell");
    service->Stop();
    Dispatch();
    EXPECT_TRUE(service->IsStopping());
    EXPECT_EQ(network.Listener().Count(Call::Close), 1U);
    FinishPeer(idle);
    EXPECT_FALSE(HasStopped());
    FinishPeer(busy);
    EXPECT_EQ(busy.wire->Taken(), "farewell");
    for (const Link& link : {idle, busy}) {
        EXPECT_EQ(link.session->Events(), (Events{"connected", "disconnected: ServiceStopping by local, graceful"}));
    }
    EXPECT_TRUE(HasStopped());
}

TEST_F(ServiceTest, ResetsWhatHangsAtTheStopTimeout) {
    config.limits.drainTimeout = 1h;
    StartServer();
    const Link link = Accept();
    Send(link, "stuck");
    service->Stop();
    Dispatch();
    Advance(config.stopTimeout - 1ms);
    EXPECT_FALSE(HasStopped());
    Advance(1ms);
    EXPECT_EQ(link.session->LastEvent(), "disconnected: ServiceStopping by local");
    EXPECT_TRUE(link.wire->Saw(Call::AbortOnClose));
    EXPECT_TRUE(HasStopped());
}

TEST_F(ServiceTest, StopGivesUpConnectsThatAreUnderWay) {
    StartClient();
    const Link link = BeginConnect();
    service->Stop();
    Dispatch();
    EXPECT_EQ(link.session->Events(), Events{"connect failed: ServiceStopping by local"});
    EXPECT_TRUE(HasStopped());
}

TEST_F(ServiceTest, MayBeStoppedFromEachCallback) {
    const SessionScript::Action stop = [this](RecordingSession&) {
        service->Stop();
        EXPECT_EQ(service->Wait(0ms), WaitResult::OnWorker);
        service->Stop();
    };
    for (SessionScript::Action SessionScript::*callback :
         {&SessionScript::onConnected, &SessionScript::onReceived, &SessionScript::onDisconnected}) {
        script = {};
        script.*callback = stop;
        StartServer();
        FakeSocket& wire = network.Listener(network.Count(Call::OpenListener) - 1).AcceptFrom({});
        Dispatch();
        if (wire.IsReceiving()) {
            wire.Deliver("x");
            Dispatch();
        }
        if (wire.IsReceiving()) {
            wire.EndStream();
            Dispatch();
        }
        Advance(kUpkeep);
        EXPECT_TRUE(service->IsStopping());
        EXPECT_TRUE(HasStopped());
        EXPECT_EQ(sessions.back()->CountOf("disconnected"), 1U);
        EndService();
    }
}

TEST_F(ServiceTest, MayBeStoppedFromAConnectFailure) {
    script.onConnectFailed = [this](RecordingSession&) { service->Stop(); };
    StartClient();
    BeginConnect().wire->FinishConnect(std::make_error_code(std::errc::connection_refused));
    Dispatch();
    EXPECT_TRUE(HasStopped());
}

TEST_F(ServiceTest, StoppingAgainChangesNothing) {
    StartServer();
    const Link link = Accept();
    service->Stop();
    service->Stop();
    Dispatch();
    service->Stop();
    FinishPeer(link);
    service->Stop();
    Dispatch();
    EXPECT_EQ(link.session->CountOf("disconnected"), 1U);
    EXPECT_TRUE(HasStopped());
}

TEST_F(ServiceTest, HasNotStoppedBeforeStop) {
    StartServer();
    EXPECT_EQ(service->Wait(0ms), WaitResult::TimedOut);
}

// A thread of the application ends the last session. By the time it wakes a worker for that, the work may be done already; but its owner
// may destroy a service that has stopped.
TEST_F(ServiceTest, HasNotStoppedWhileAThreadIsStillInsideOneOfItsPorts) {
    StartServer();
    network.Fail(Call::Receive, std::errc::no_buffer_space);
    const Link link = Accept();
    service->Stop();
    network.beforeCall = [&](Call call, FakeSocket*) {
        if (call == Call::Wake) {
            network.beforeCall = {};
            Dispatch();
            EXPECT_EQ(link.session->CountOf("disconnected"), 1U);
            EXPECT_FALSE(HasStopped());
        }
    };
    link.session->Abort(CloseReason::Kicked);
    Dispatch();
    EXPECT_TRUE(HasStopped());
}

TEST_F(ServiceTest, SleepsWhileItsSessionsDrain) {
    StartServer();
    const Link link = Accept();
    service->Stop();
    Dispatch();
    const std::size_t before = network.Count(Call::Wake);
    for (int i = 0; i < 100; ++i) {
        Advance(1ms);
    }
    EXPECT_EQ(network.Count(Call::Wake), before) << "a wake in each round keeps a core busy until the last peer has answered";
    EXPECT_EQ(link.session->State(), SessionState::Draining);
}

TEST_F(ServiceTest, AnIdleSessionCausesNoCallsAtAll) {
    StartServer();
    const Link link = Accept();
    const std::vector<Call> before = link.wire->Calls();
    const std::size_t wakes = network.Count(Call::Wake);
    for (int i = 0; i < 100; ++i) {
        Advance(kUpkeep);
    }
    EXPECT_EQ(link.wire->Calls(), before);
    EXPECT_EQ(network.Count(Call::Wake), wakes);
}

TEST_F(ServiceTest, EverySessionIsCountedByTheReasonOfItsEnd) {
    StartServer();
    Accept().session->Abort(CloseReason::Kicked);
    Accept().session->Abort(CloseReason::Kicked);
    Accept().wire->EndStream();
    Dispatch();
    const Ledger ledger = service->GetLedger();
    EXPECT_EQ(ledger.sessionsOpened, 3U);
    EXPECT_EQ(ledger.sessionsClosed, 3U);
    EXPECT_EQ(ledger.closedBy[static_cast<std::size_t>(CloseReason::Kicked)], 2U);
    EXPECT_EQ(ledger.closedBy[static_cast<std::size_t>(CloseReason::PeerClosed)], 1U);
}

TEST_F(ServiceTest, CountsBytesAndWhatItHolds) {
    StartServer();
    const Link link = Accept();
    link.wire->Deliver("12345");
    Send(link, "abc");
    Dispatch();
    EXPECT_EQ(service->GetLedger().operationsInFlight, 4U + 2U) << "accepts, a receive and a send";
    EXPECT_EQ(service->GetLedger().buffersOutstanding, 1U);
    EXPECT_FALSE(service->GetLedger().IsBalanced());
    FinishPeer(link);
    link.wire->EndStream();
    Dispatch();
    EXPECT_EQ(service->GetLedger().totals.bytesReceived, 5U);
    EXPECT_EQ(service->GetLedger().totals.bytesSent, 3U);
}

TEST_F(ServiceTest, AdmissionMayChangeWhileItRuns) {
    StartServer();
    const Link first = Accept();
    service->SetAdmission(1, {});
    EXPECT_EQ(Accept().session, nullptr);
    service->SetAdmission(2, {});
    EXPECT_NE(Accept().session, nullptr);
    service->SetAdmission(1, {});
    EXPECT_EQ(service->SessionCount(), 2U) << "nobody has to go";
    EXPECT_EQ(Accept().session, nullptr);
}

TEST_F(ServiceTest, AnOldIdFindsNobody) {
    StartServer();
    const Link first = Accept();
    const SessionId old = first.session->Id();
    EXPECT_EQ(service->FindSession(old), first.session);
    first.session->Abort(CloseReason::Kicked);
    Dispatch();
    const Link second = Accept();
    EXPECT_EQ(second.session->Id().index, old.index);
    EXPECT_EQ(service->FindSession(old), nullptr);
}

TEST_F(ServiceTest, TwoInOneProcessDoNotMeet) {
    StartServer();
    const Link link = Accept();
    SessionScript otherScript;
    auto otherSession = std::make_shared<RecordingSession>(otherScript);
    {
        FakeNetwork otherNetwork;
        ServerService other(
            otherNetwork, config, [&] { return otherSession; }, clock, log);
        ASSERT_FALSE(other.Start({.address = NetAddress::Any(AddressFamily::IPv4, 7777), .options = {}, .acceptDepth = 1}));
        otherNetwork.Listener().AcceptFrom({});
        other.Dispatch(0ms);
        EXPECT_EQ(other.SessionCount(), 1U);
        EXPECT_EQ(service->SessionCount(), 1U);
        otherSession->Abort(CloseReason::Kicked);
    }  // stops and waits by itself
    EXPECT_EQ(otherSession->LastEvent(), "disconnected: Kicked by local");
    EXPECT_EQ(link.session->Events(), Events{"connected"});
    Send(link, "still here");
    Dispatch();
    EXPECT_EQ(link.wire->Offered(), "still here");
}

TEST_F(ServiceTest, CanBeDestroyedWithoutHavingBeenStarted) {
    const ClientService client(network, config, clock, log);
    const ServerService server(
        network, config, [] { return nullptr; }, clock, log);
    EXPECT_TRUE(client.GetLedger().IsBalanced());
}

// --- With workers ------------------------------------------------------------------------------------------------------

class WorkerTest : public ::testing::TestWithParam<PortMode> {
protected:
    WorkerTest() {
        config.workers = 2;
        config.portMode = GetParam();
        config.limits.firstPacketTimeout = 0ms;
        config.stopTimeout = 0ms;
    }

    SteadyClock clock;
    FakeNetwork network;
    Logger log = Logger::Silent();
    ServiceConfig config;
    SessionScript script;
};

TEST_P(WorkerTest, StopFromACallbackEndsTheWorkersAndWaitSeesIt) {
    std::vector<std::shared_ptr<RecordingSession>> sessions;
    std::atomic<int> refusals = 0;
    ServerService* running = nullptr;
    script.onConnected = [&](RecordingSession&) {
        running->Stop();
        refusals += running->Wait(kPatience) == WaitResult::OnWorker ? 1 : 0;
    };
    for (int i = 0; i < 8; ++i) {
        sessions.push_back(std::make_shared<RecordingSession>(script));
    }
    std::atomic<std::size_t> next = 0;
    ServerService server(
        network, config, [&] { return sessions[next++]; }, clock, log);
    running = &server;
    ASSERT_FALSE(server.Start({.address = NetAddress::Any(AddressFamily::IPv4, 7777), .options = {}, .acceptDepth = 8}));
    EXPECT_EQ(server.GetLedger().workersRunning, 2U);
    network.Listener().AcceptFrom({});
    EXPECT_EQ(server.Wait(kPatience), WaitResult::Stopped);
    EXPECT_GE(refusals.load(), 1);
    EXPECT_EQ(sessions[0]->Events().front(), "connected");
    EXPECT_EQ(sessions[0]->CountOf("disconnected"), 1U);
    EXPECT_TRUE(server.GetLedger().IsBalanced()) << server.GetLedger().ToString();
}

TEST_P(WorkerTest, AWaitThatTimesOutOnlyEndsTheWaiting) {
    ClientService client(network, config, clock, log);
    ASSERT_FALSE(client.Start());
    EXPECT_EQ(client.Wait(1ms), WaitResult::TimedOut);
    client.Stop();
    EXPECT_EQ(client.Wait(kPatience), WaitResult::Stopped);
    EXPECT_EQ(client.Wait(kPatience), WaitResult::Stopped);
}

TEST_P(WorkerTest, SessionsThatEndOnManyThreadsAtOnceEndOnceEach) {
    constexpr std::size_t kSessions = 200;
    std::vector<std::shared_ptr<RecordingSession>> sessions;
    ClientService client(network, config, clock, log);
    ASSERT_FALSE(client.Start());
    for (std::size_t i = 0; i < kSessions; ++i) {
        sessions.push_back(std::make_shared<RecordingSession>(script));
        ASSERT_TRUE(client.Connect(NetAddress::Loopback(AddressFamily::IPv4, 7), sessions.back()));
    }
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < 3; ++t) {
        threads.emplace_back([&, t] {
            for (std::size_t i = 0; i < kSessions; ++i) {
                RecordingSession& session = *sessions[(i * 7 + t * 31) % kSessions];
                session.Send(MakeBuffer(client.Buffers(), "x"));
                t == 0 ? session.Close() : session.Abort(CloseReason::Kicked);
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    client.Stop();
    EXPECT_EQ(client.Wait(kPatience), WaitResult::Stopped);
    for (const std::shared_ptr<RecordingSession>& session : sessions) {
        EXPECT_EQ(session->Events().size(), 1U);
        EXPECT_EQ(session->CountOf("connect failed"), 1U);
    }
    EXPECT_TRUE(client.GetLedger().IsBalanced()) << client.GetLedger().ToString();
}

INSTANTIATE_TEST_SUITE_P(Ports, WorkerTest, ::testing::Values(PortMode::Shared, PortMode::PerWorker),
                         [](const auto& mode) { return mode.param == PortMode::Shared ? "Shared" : "PerWorker"; });

}  // namespace

}  // namespace servercore::test
