#include "ServerCore/Net/Listener.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/Support/ServiceFixture.h"

namespace servercore::test {

namespace {

const NetAddress kPeer = NetAddress::FromIPv4({10, 0, 0, 9}, 1234);
const std::error_code kAborted = std::make_error_code(std::errc::connection_aborted);
const std::error_code kNoHandles = std::make_error_code(std::errc::too_many_files_open);

class FakeHost final : public ListenerHost {
public:
    void OnAccepted(std::unique_ptr<platform::Socket> socket) override { accepted.push_back(std::move(socket)); }

    std::vector<std::unique_ptr<platform::Socket>> accepted;
};

// A listener by itself.
class ListenerTest : public ::testing::Test {
protected:
    ListenerTest() : core(std::move(*network.OpenPort()), clock) {}
    ~ListenerTest() override {
        network.beforeCall = {};  // refers to variables of the test, which are gone
        network.afterCall = {};
        listener->Stop();
        Dispatch();
        EXPECT_TRUE(listener->IsStopped());
        host.accepted.clear();
    }

    void Listen(std::size_t depth = kDepth) {
        listener = std::make_shared<Listener>(core, host, std::move(*network.OpenListener(kPeer, {})), depth, clock, log);
        EXPECT_FALSE(listener->Start());
    }
    void Dispatch() {
        do {
            core.Dispatch(0ms);
        } while (!network.IsIdle());
    }
    void Resume(Duration after) {
        clock.Advance(after);
        listener->Resume(clock.Now());
        Dispatch();
    }
    [[nodiscard]] FakeSocket& Line() { return network.Listener(); }

    static constexpr std::size_t kDepth = 4;
    FakeClock clock;
    FakeNetwork network;
    Logger log = Logger::Silent();
    FakeHost host;
    IocpCore core;
    std::shared_ptr<Listener> listener;
};

TEST_F(ListenerTest, KeepsItsDepthOfAcceptsInFlight) {
    Listen();
    EXPECT_EQ(Line().Accepting(), kDepth);
    for (std::size_t i = 1; i <= 100; ++i) {
        Line().AcceptFrom(kPeer);
        Dispatch();
        ASSERT_EQ(host.accepted.size(), i);
        ASSERT_EQ(Line().Accepting(), kDepth);
        ASSERT_EQ(listener->Armed(), kDepth);
    }
    EXPECT_EQ(listener->Failures(), 0U);
}

TEST_F(ListenerTest, AcceptsTheNextAtOnceWhenOneConnectionWasLost) {
    Listen();
    for (const std::errc error : {std::errc::connection_aborted, std::errc::connection_reset, std::errc::protocol_error,
                                  std::errc::host_unreachable, std::errc::not_connected, std::errc::timed_out}) {
        Line().FailAccept(std::make_error_code(error));
        Dispatch();
        EXPECT_EQ(Line().Accepting(), kDepth);
    }
    EXPECT_EQ(listener->Failures(), 6U);
    EXPECT_TRUE(host.accepted.empty());
}

TEST_F(ListenerTest, SurvivesAHundredThousandLostConnectionsInARow) {
    Listen(1);
    for (int i = 0; i < 100000; ++i) {
        Line().FailAccept(kAborted);
        core.Dispatch(0ms);
    }
    EXPECT_EQ(listener->Failures(), 100000U);
    EXPECT_EQ(Line().Accepting(), 1U);
}

// A backend that refuses each submit at once: a retry from inside the failure would never come back.
TEST_F(ListenerTest, NeverRetriesFromInsideAFailedSubmit) {
    int depth = 0;
    int deepest = 0;
    network.beforeCall = [&](Call call, FakeSocket*) {
        if (call == Call::Accept) {
            deepest = std::max(deepest, ++depth);
        }
    };
    network.afterCall = [&](Call call, FakeSocket*) { depth -= call == Call::Accept ? 1 : 0; };
    network.Fail(Call::Accept, kNoHandles);
    Listen();
    EXPECT_EQ(network.Count(Call::Accept), kDepth);
    for (int i = 0; i < 1000; ++i) {
        Resume(1s);
    }
    EXPECT_EQ(network.Count(Call::Accept), kDepth * 1001U);
    EXPECT_EQ(deepest, 1);

    network.Fail(Call::Accept, {}, 0);
    Resume(1s);
    EXPECT_EQ(Line().Accepting(), kDepth);
}

TEST_F(ListenerTest, PausesWhenResourcesRunOutAndResumesAtFullDepth) {
    Listen();
    for (std::size_t i = 0; i < kDepth; ++i) {
        Line().FailAccept(kNoHandles);
    }
    Dispatch();
    EXPECT_EQ(Line().Accepting(), 0U) << "asking again at once would spin";
    Resume(9ms);
    EXPECT_EQ(Line().Accepting(), 0U);
    Resume(1ms);
    EXPECT_EQ(Line().Accepting(), kDepth);
    EXPECT_EQ(listener->Failures(), kDepth);
}

TEST_F(ListenerTest, PausesLongerEachTimeUpToItsLongestAndStartsOverAfterASuccess) {
    Listen(1);
    for (const int pause : {10, 20, 40, 80, 160, 320, 640, 800, 800}) {
        Line().FailAccept(kNoHandles);
        Dispatch();
        Resume(std::chrono::milliseconds(pause - 1));
        ASSERT_EQ(Line().Accepting(), 0U) << pause;
        Resume(1ms);
        ASSERT_EQ(Line().Accepting(), 1U) << pause;
    }
    Line().AcceptFrom(kPeer);
    Dispatch();
    Line().FailAccept(kNoHandles);
    Dispatch();
    Resume(10ms);
    EXPECT_EQ(Line().Accepting(), 1U);
}

TEST_F(ListenerTest, StopCancelsTheAcceptsAndClosesTheSocketAfterwards) {
    Listen();
    Line().AcceptFrom(kPeer);  // completed, but not delivered yet
    listener->Stop();
    EXPECT_EQ(Line().Accepting(), 0U);
    EXPECT_FALSE(Line().Saw(Call::Close)) << "completions are still on their way";
    EXPECT_FALSE(listener->IsStopped());
    Dispatch();
    EXPECT_TRUE(listener->IsStopped());
    EXPECT_TRUE(Line().Saw(Call::Close));
    EXPECT_EQ(listener->Armed(), 0U);
    EXPECT_EQ(listener->Failures(), 0U) << "a cancelled accept is no failure";
}

TEST_F(ListenerTest, StoppingTwiceIsStoppingOnce) {
    Listen();
    listener->Stop();
    listener->Stop();
    Dispatch();
    listener->Stop();
    listener->Resume(clock.Now());
    EXPECT_EQ(Line().Count(Call::Close), 1U);
    EXPECT_TRUE(listener->IsStopped());
}

TEST_F(ListenerTest, StopsWhileItsAcceptsAreParked) {
    network.Fail(Call::Accept, kNoHandles);
    Listen();
    listener->Stop();
    EXPECT_TRUE(listener->IsStopped());
    Resume(1h);
    EXPECT_EQ(network.Count(Call::Accept), kDepth);
}

TEST_F(ListenerTest, AnAcceptThatRacedWithStopIsCancelled) {
    network.Fail(Call::Accept, kNoHandles, 1);
    Listen(1);
    network.beforeCall = [&](Call call, FakeSocket*) {
        if (call == Call::Accept) {
            network.beforeCall = {};
            listener->Stop();  // its cancel finds nothing in flight yet
        }
    };
    Resume(10ms);
    EXPECT_EQ(network.Count(Call::Accept), 2U);
    EXPECT_TRUE(listener->IsStopped());
}

// --- Together with the service -----------------------------------------------------------------------------------------

class AcceptingTest : public ServiceFixture {};

TEST_F(AcceptingTest, HasTheSameNumberOfAcceptsInFlightWhateverTheSessionCap) {
    config.maxSessions = 1000000;
    StartServer(4);
    EXPECT_EQ(network.Count(Call::Accept), 4U);
    EXPECT_EQ(network.Listener().Accepting(), 4U);
}

TEST_F(AcceptingTest, EnforcesTheSessionCapAndGoesOnWhenASessionEnded) {
    config.maxSessions = 2;
    StartServer(1);
    const Link first = Accept();
    Accept();
    const Link refused = Accept();
    EXPECT_EQ(refused.session, nullptr);
    EXPECT_TRUE(refused.wire->Saw(Call::AbortOnClose));
    EXPECT_TRUE(refused.wire->Saw(Call::Close));
    EXPECT_EQ(service->GetLedger().AcceptsRefused(), 1U);
    EXPECT_EQ(network.Listener().Accepting(), 1U) << "the next one is to be refused at once too, not to wait for an answer";

    first.session->Abort(CloseReason::Kicked);
    Dispatch();
    EXPECT_NE(Accept().session, nullptr);
    EXPECT_EQ(service->SessionCount(), 2U);
}

TEST_F(AcceptingTest, EnforcesTheCapPerHost) {
    config.admission.maxSessionsPerHost = 1;
    StartServer();
    const Link link = Accept(kPeer);
    EXPECT_EQ(Accept(kPeer.WithPort(2)).session, nullptr);
    EXPECT_NE(Accept(NetAddress::FromIPv4({10, 0, 0, 8}, 2)).session, nullptr);
    EXPECT_EQ(network.Listener().Accepting(), 4U) << "one greedy host stops nobody else";
    link.session->Abort(CloseReason::Kicked);
    Dispatch();
    EXPECT_NE(Accept(kPeer).session, nullptr);
}

TEST_F(AcceptingTest, ForgetsAConnectionThatIsGoneAlready) {
    StartServer();
    network.Fail(Call::PeerAddress, std::errc::not_connected, 1);
    EXPECT_EQ(Accept().session, nullptr);
    EXPECT_NE(Accept().session, nullptr);
    EXPECT_EQ(service->SessionCount(), 1U);
}

TEST_F(AcceptingTest, ReportsAcceptsThatFail) {
    StartServer();
    network.Listener().FailAccept(kAborted);
    Dispatch();
    EXPECT_EQ(service->GetLedger().acceptsFailed, 1U);
    EXPECT_NE(Accept().session, nullptr);
}

// The factory refuses in one way or another, then works.
class FactoryTest : public ServiceFixture {
protected:
    void Expect(const SessionFactory& refusal) {
        bool refuse = true;
        config.maxSessions = 1;  // so that a place lost shows
        StartServer(4, [&]() -> std::shared_ptr<Session> {
            return std::exchange(refuse, false) ? refusal() : sessions.emplace_back(std::make_shared<RecordingSession>(script));
        });
        const Link refused = Accept();
        EXPECT_TRUE(refused.wire->Saw(Call::AbortOnClose));
        EXPECT_EQ(service->GetLedger().AcceptsRefused(), 1U);
        EXPECT_NE(Accept().session, nullptr);
        EndService();
    }
};

TEST_F(FactoryTest, MayRefuseWithANullPointer) {
    Expect([] { return nullptr; });
}

TEST_F(FactoryTest, MayRefuseWithAnException) {
    Expect([]() -> std::shared_ptr<Session> { throw std::runtime_error("no"); });
}

TEST_F(FactoryTest, MayRefuseWithAnythingThrown) {
    Expect([]() -> std::shared_ptr<Session> { throw 1; });
}

TEST_F(AcceptingTest, RefusesThoseWhoComeWhileItStops) {
    StartServer();
    FakeSocket& late = network.Listener().AcceptFrom(kPeer);
    service->Stop();
    Dispatch();
    EXPECT_TRUE(late.Saw(Call::AbortOnClose));
    EXPECT_TRUE(late.Saw(Call::Close));
    EXPECT_TRUE(sessions.empty());
}

// --- Start -------------------------------------------------------------------------------------------------------------

TEST_F(AcceptingTest, FailsToStartWhenAnythingItNeedsIsMissingAndCanBeDestroyedThen) {
    for (const Call call : {Call::OpenListener, Call::LocalAddress, Call::OpenPort, Call::Attach}) {
        network.Fail(call, kNoHandles, 1);
        ServerService server(
            network, config, [] { return nullptr; }, clock, log);
        EXPECT_EQ(server.Start({.address = kPeer, .options = {}}), kNoHandles) << static_cast<int>(call);
    }
}

TEST_F(AcceptingTest, FailsToStartWhenOneOfSeveralPortsIsMissing) {
    config.workers = 3;
    config.portMode = PortMode::PerWorker;
    network.Fail(Call::OpenPort, kNoHandles, 1, 2);
    ServerService server(
        network, config, [] { return nullptr; }, clock, log);
    EXPECT_EQ(server.Start({.address = kPeer, .options = {}}), kNoHandles);
    EXPECT_EQ(server.GetLedger().workersRunning, 0U);
}

TEST_F(AcceptingTest, StartsWithAcceptsParkedWhenNoneCanBeSubmittedYet) {
    network.Fail(Call::Accept, kNoHandles, 4);
    ServerService& server = StartServer(4);
    EXPECT_EQ(server.ListenAddress().Port(), 7777);
    EXPECT_EQ(network.Listener().Accepting(), 0U);
    Advance(kUpkeep);
    EXPECT_EQ(network.Listener().Accepting(), 4U);
}

}  // namespace

}  // namespace servercore::test
