// The life of an accepted session: the order of its callbacks and every way it can end.

#include "ServerCore/Net/Session.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/Support/ServiceFixture.h"

namespace servercore::test {

namespace {

using Events = std::vector<std::string>;
using platform::SocketOption;

const std::error_code kReset = std::make_error_code(std::errc::connection_reset);

class SessionTest : public ServiceFixture {
protected:
    void SetUp() override { StartServer(); }
};

// --- Callbacks ---------------------------------------------------------------------------------------------------------

TEST_F(SessionTest, ReportsConnectedThenWhatArrivesThenDisconnectedOnce) {
    const Link link = Accept();
    link.wire->Deliver("one");
    Dispatch();
    link.wire->Deliver("two");
    Dispatch();
    link.wire->EndStream();
    Dispatch();
    EXPECT_EQ(link.session->Events(), (Events{"connected", "received one", "received two", "disconnected: PeerClosed by peer, graceful"}));
    EXPECT_EQ(link.session->State(), SessionState::Closed);
    EXPECT_TRUE(link.wire->Saw(Call::Close));
    EXPECT_FALSE(link.wire->Saw(Call::AbortOnClose));
}

TEST_F(SessionTest, IsReadyForUseWhenItReportsConnected) {
    const NetAddress peer = NetAddress::FromIPv4({192, 0, 2, 1}, 4242);
    script.onConnected = [&](RecordingSession& session) {
        EXPECT_EQ(session.PeerAddress(), peer);
        EXPECT_EQ(service->FindSession(session.Id()).get(), &session);
        EXPECT_EQ(session.State(), SessionState::Open);
        EXPECT_EQ(session.Send(MakeBuffer(service->Buffers(), "hello")), SendResult::Queued);
    };
    const Link link = Accept(peer);
    EXPECT_EQ(link.wire->Offered(), "hello");
    FinishPeer(link);
}

TEST_F(SessionTest, TurnsNaglesAlgorithmOffBeforeAnythingIsSent) {
    const Link link = Accept();
    EXPECT_EQ(link.wire->Options(), (std::map<SocketOption, int>{{SocketOption::NoDelay, 1}}));
}

TEST_F(SessionTest, LivesOnWhenTheOptionCannotBeSet) {
    network.Fail(Call::SetOption, std::errc::invalid_argument);
    const Link link = Accept();
    EXPECT_EQ(link.session->Events(), Events{"connected"});
    EXPECT_TRUE(link.wire->IsReceiving());
}

TEST_F(SessionTest, ReceivesNothingBeforeConnectedHasReturned) {
    script.onConnected = [&](RecordingSession&) { EXPECT_EQ(network.Count(Call::Receive), 0U); };
    const Link link = Accept();
    EXPECT_TRUE(link.wire->IsReceiving());
}

TEST_F(SessionTest, IsGoneFromTheServiceOnlyAfterItReportedDisconnected) {
    script.onDisconnected = [&](RecordingSession& session) {
        EXPECT_EQ(service->FindSession(session.Id()).get(), &session);
        EXPECT_EQ(session.State(), SessionState::Closed);
        EXPECT_EQ(session.Send(MakeBuffer(service->Buffers(), "late")), SendResult::Closed);
        session.Close();
        session.Abort(CloseReason::Kicked);
    };
    const Link link = Accept();
    link.wire->FailReceive(kReset);
    Dispatch();
    EXPECT_EQ(service->FindSession(link.session->Id()), nullptr);
    EXPECT_EQ(link.session->CountOf("disconnected"), 1U);
}

TEST_F(SessionTest, ReportsDisconnectOnceWhenReceiveAndSendFailTogether) {
    const Link link = Accept();
    Send(link, "never sent");
    Dispatch();
    link.wire->FailSend(kReset);
    link.wire->FailReceive(kReset);
    Dispatch();
    EXPECT_EQ(link.session->Events(), (Events{"connected", "disconnected: PeerReset by peer"}));
    EXPECT_EQ(link.session->Info().error, std::errc::connection_reset);
}

TEST_F(SessionTest, WaitsForTheOtherOperationWhenOneFails) {
    const Link link = Accept();
    Send(link, "never sent");
    Dispatch();
    link.wire->FailReceive(kReset);
    EXPECT_EQ(service->Dispatch(0ms), 1U);
    EXPECT_EQ(link.session->CountOf("disconnected"), 0U) << "the send is still in flight";
    EXPECT_FALSE(link.wire->Saw(Call::Close));
    Dispatch();  // the send was cancelled
    EXPECT_EQ(link.session->CountOf("disconnected"), 1U);
}

TEST_F(SessionTest, NeverReportsDisconnectedFromInsideAnotherCallback) {
    bool inside = false;
    script.onReceived = [&](RecordingSession& session) {
        inside = true;
        session.Abort(CloseReason::Kicked);
        inside = false;
    };
    script.onDisconnected = [&](RecordingSession&) { EXPECT_FALSE(inside); };
    const Link link = Accept();
    link.wire->Deliver("x");
    Dispatch();
    EXPECT_EQ(link.session->LastEvent(), "disconnected: Kicked by local");
}

TEST_F(SessionTest, NeverReportsOneSessionFromInsideTheCallbackOfAnother) {
    network.Fail(Call::Receive, std::errc::no_buffer_space);  // nothing in flight, so that the Abort releases the last hold
    const Link victim = Accept();
    network.Fail(Call::Receive, {}, 0);
    script.onReceived = [&](RecordingSession&) {
        victim.session->Abort(CloseReason::Kicked);
        EXPECT_EQ(victim.session->CountOf("disconnected"), 0U);
    };
    const Link attacker = Accept();
    attacker.wire->Deliver("x");
    Dispatch();
    EXPECT_EQ(victim.session->CountOf("disconnected"), 1U);
    EXPECT_EQ(attacker.session->CountOf("disconnected"), 0U);
}

// --- Close -------------------------------------------------------------------------------------------------------------

TEST_F(SessionTest, CloseSendsWhatIsQueuedThenFinThenWaitsForThePeersFin) {
    const Link link = Accept();
    Send(link, "one ");
    Dispatch();
    Send(link, "two ");
    link.session->Close();
    Send(link, "too late");
    Dispatch();
    EXPECT_EQ(link.session->State(), SessionState::Draining);
    EXPECT_FALSE(link.wire->Saw(Call::ShutdownSend)) << "the first send has not finished";

    link.wire->TakeSend();
    Dispatch();
    EXPECT_FALSE(link.wire->Saw(Call::ShutdownSend)) << "the second send has not finished";
    link.wire->TakeSend();
    Dispatch();
    EXPECT_EQ(link.wire->Count(Call::ShutdownSend), 1U);
    EXPECT_FALSE(link.wire->Saw(Call::Close));

    link.wire->EndStream();
    Dispatch();
    EXPECT_EQ(link.wire->Taken(), "one two ");
    EXPECT_EQ(link.session->LastEvent(), "disconnected: LocalClose by local, graceful");
    EXPECT_FALSE(link.wire->Saw(Call::AbortOnClose));
    EXPECT_TRUE(link.wire->Saw(Call::Close));
}

TEST_F(SessionTest, CloseOfAnIdleSessionSendsFinAtOnce) {
    const Link link = Accept();
    link.session->Close(CloseReason::Kicked);
    Dispatch();
    EXPECT_TRUE(link.wire->Saw(Call::ShutdownSend));
    EXPECT_TRUE(link.wire->IsReceiving());
    link.wire->EndStream();
    Dispatch();
    EXPECT_EQ(link.session->LastEvent(), "disconnected: Kicked by local, graceful");
}

TEST_F(SessionTest, ReadsOnWhileDrainingButDeliversNothing) {
    const Link link = Accept();
    link.session->Close();
    Dispatch();
    for (int i = 0; i < 3; ++i) {
        link.wire->Deliver("ignored");
        Dispatch();
        ASSERT_TRUE(link.wire->IsReceiving()) << "an unread receive buffer would turn the close into a reset";
    }
    link.wire->EndStream();
    Dispatch();
    EXPECT_EQ(link.session->Events(), (Events{"connected", "disconnected: LocalClose by local, graceful"}));
}

TEST_F(SessionTest, APeersFinLetsTheQueueDrainFirst) {
    const Link link = Accept();
    Send(link, "farewell");
    Dispatch();
    link.wire->EndStream();
    Dispatch();
    EXPECT_EQ(link.session->State(), SessionState::Draining);
    EXPECT_EQ(Send(link, "too late"), SendResult::Closed);
    EXPECT_FALSE(link.wire->Saw(Call::ShutdownSend));
    EXPECT_FALSE(link.wire->IsReceiving()) << "there is nothing more to receive";

    link.wire->TakeSend(4);
    Dispatch();
    link.wire->TakeSend();
    Dispatch();
    EXPECT_EQ(link.wire->Taken(), "farewell");
    EXPECT_TRUE(link.wire->Saw(Call::ShutdownSend));
    EXPECT_EQ(link.session->LastEvent(), "disconnected: PeerClosed by peer, graceful");
}

TEST_F(SessionTest, EndsGracefullyWhenThePeersFinComesWhileItsOwnQueueDrains) {
    const Link link = Accept();
    Send(link, "rest");
    link.session->Close();
    Dispatch();
    link.wire->EndStream();
    Dispatch();
    EXPECT_EQ(link.session->CountOf("disconnected"), 0U);
    link.wire->TakeSend();
    Dispatch();
    EXPECT_EQ(link.wire->Taken(), "rest");
    EXPECT_EQ(link.session->LastEvent(), "disconnected: LocalClose by local, graceful");
}

TEST_F(SessionTest, ClosingTwiceIsClosingOnce) {
    const Link link = Accept();
    link.session->Close(CloseReason::Kicked);
    link.session->Close(CloseReason::LocalClose);
    Dispatch();
    link.session->Close();
    Dispatch();
    EXPECT_EQ(link.wire->Count(Call::ShutdownSend), 1U);
    link.wire->EndStream();
    Dispatch();
    link.session->Close();
    EXPECT_EQ(link.session->Events(), (Events{"connected", "disconnected: Kicked by local, graceful"}));
}

TEST_F(SessionTest, ResetsWhatDoesNotDrainInTime) {
    const Link link = Accept();
    Send(link, "stuck");
    link.session->Close();
    Dispatch();
    Advance(config.limits.drainTimeout - 1ms);
    EXPECT_EQ(link.session->CountOf("disconnected"), 0U);
    Advance(kUpkeep);
    EXPECT_EQ(link.session->LastEvent(), "disconnected: LocalClose by local");
    EXPECT_TRUE(link.wire->Saw(Call::AbortOnClose));
    EXPECT_EQ(service->GetLedger().totals.packetsAbandoned, 1U);
}

TEST_F(SessionTest, ResetsAPeerThatNeverAnswersFin) {
    const Link link = Accept();
    link.session->Close();
    Dispatch();
    EXPECT_TRUE(link.wire->Saw(Call::ShutdownSend));
    link.wire->Deliver("a trickle does not help");
    Dispatch();
    Advance(config.limits.drainTimeout);
    EXPECT_EQ(link.session->LastEvent(), "disconnected: LocalClose by local");
    EXPECT_TRUE(link.wire->Saw(Call::AbortOnClose));
}

TEST_F(SessionTest, ResetsAPeerThatSentFinButNeverReads) {
    const Link link = Accept();
    Send(link, "stuck");
    Dispatch();
    link.wire->EndStream();
    Dispatch();
    Advance(config.limits.drainTimeout);
    EXPECT_EQ(link.session->LastEvent(), "disconnected: PeerClosed by peer");
    EXPECT_TRUE(link.wire->Saw(Call::AbortOnClose));
}

TEST_F(SessionTest, AnErrorWhileDrainingKeepsTheReasonOfTheCloseAndTellsTheError) {
    const Link link = Accept();
    Send(link, "lost");
    link.session->Close(CloseReason::Kicked);
    Dispatch();
    link.wire->FailSend(kReset);
    Dispatch();
    EXPECT_EQ(link.session->LastEvent(), "disconnected: Kicked by local");
    EXPECT_EQ(link.session->Info().error, std::errc::connection_reset);
}

TEST_F(SessionTest, AFinThatCannotBeSentResets) {
    network.Fail(Call::ShutdownSend, std::errc::not_connected);
    const Link link = Accept();
    link.session->Close();
    Dispatch();
    EXPECT_EQ(link.session->LastEvent(), "disconnected: LocalClose by local");
    EXPECT_EQ(link.session->Info().error, std::errc::not_connected);
    EXPECT_TRUE(link.wire->Saw(Call::AbortOnClose));
}

// --- Abort -------------------------------------------------------------------------------------------------------------

TEST_F(SessionTest, AbortDiscardsTheQueueAndResets) {
    const Link link = Accept();
    Send(link, "in flight");
    Dispatch();
    Send(link, "queued");
    link.session->Abort(CloseReason::Kicked);
    EXPECT_TRUE(link.wire->Saw(Call::AbortOnClose));
    EXPECT_EQ(Send(link, "too late"), SendResult::Closed);
    Dispatch();
    EXPECT_EQ(link.session->Events(), (Events{"connected", "disconnected: Kicked by local"}));
    EXPECT_EQ(service->GetLedger().totals.packetsAbandoned, 2U);
    EXPECT_EQ(service->GetLedger().buffersOutstanding, 0U);
}

TEST_F(SessionTest, AbortCutsAGracefulCloseShort) {
    const Link link = Accept();
    Send(link, "stuck");
    link.session->Close(CloseReason::Kicked);
    Dispatch();
    link.session->Abort(CloseReason::ServiceStopping);
    Dispatch();
    EXPECT_EQ(link.session->LastEvent(), "disconnected: Kicked by local") << "the first reason counts";
}

TEST_F(SessionTest, ASuccessThatRacedWithAbortIsNotDelivered) {
    const Link link = Accept();
    link.wire->Deliver("raced");
    link.session->Abort(CloseReason::Kicked);
    Dispatch();
    EXPECT_EQ(link.session->Events(), (Events{"connected", "disconnected: Kicked by local"}));
    EXPECT_FALSE(link.wire->IsReceiving());
}

// --- From inside callbacks ---------------------------------------------------------------------------------------------

TEST_F(SessionTest, MayCloseItselfInEachCallback) {
    const SessionScript::Action close = [](RecordingSession& session) { session.Close(); };
    for (SessionScript::Action SessionScript::*callback : {&SessionScript::onConnected, &SessionScript::onReceived}) {
        script = {};
        script.*callback = close;
        script.onDisconnected = close;
        const Link link = Accept();
        link.wire->Deliver("x");
        Dispatch();
        EXPECT_TRUE(link.wire->Saw(Call::ShutdownSend));
        link.wire->EndStream();
        Dispatch();
        EXPECT_EQ(link.session->LastEvent(), "disconnected: LocalClose by local, graceful");
    }
}

TEST_F(SessionTest, MayAbortItselfInEachCallback) {
    const SessionScript::Action abort = [](RecordingSession& session) { session.Abort(CloseReason::Kicked); };
    script.onConnected = script.onDisconnected = abort;
    EXPECT_EQ(Accept().session->Events(), (Events{"connected", "disconnected: Kicked by local"}));

    script.onConnected = {};
    script.onReceived = abort;
    const Link link = Accept();
    link.wire->Deliver("x");
    Dispatch();
    EXPECT_EQ(link.session->Events(), (Events{"connected", "received x", "disconnected: Kicked by local"}));
}

TEST_F(SessionTest, DeliversWhatWasSentBeforeAFarewellClose) {
    script.onReceived = [&](RecordingSession& session) {
        session.Send(MakeBuffer(service->Buffers(), "goodbye"));
        session.Close(CloseReason::Kicked);
    };
    const Link link = Accept();
    link.wire->Deliver("x");
    Dispatch();
    FinishPeer(link);
    EXPECT_EQ(link.wire->Taken(), "goodbye");
    EXPECT_EQ(link.session->LastEvent(), "disconnected: Kicked by local, graceful");
}

}  // namespace

}  // namespace servercore::test
