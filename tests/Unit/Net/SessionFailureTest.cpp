// How a session fails: deadlines, errors of the receive side, exceptions, and submits that race with its end.

#include <gtest/gtest.h>

#include <future>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/Support/ServiceFixture.h"

namespace servercore::test {

namespace {

using Events = std::vector<std::string>;

// --- First packet ------------------------------------------------------------------------------------------------------

class FirstPacketTest : public ServiceFixture {
protected:
    void SetUp() override {
        config.limits.firstPacketTimeout = 5s;
        StartServer();
    }
};

TEST_F(FirstPacketTest, IsDueByTheDeadline) {
    const Link link = Accept();
    Advance(4900ms);
    EXPECT_EQ(link.session->State(), SessionState::Open);
    Advance(kUpkeep);
    EXPECT_EQ(link.session->LastEvent(), "disconnected: FirstPacketTimeout by local");
    EXPECT_TRUE(link.wire->Saw(Call::AbortOnClose));
}

TEST_F(FirstPacketTest, IsNotReplacedByATrickleOfBytes) {
    const Link link = Accept();
    for (int i = 0; i < 49; ++i) {
        link.wire->Deliver("x");
        Advance(kUpkeep);
    }
    EXPECT_EQ(link.session->State(), SessionState::Open);
    link.wire->Deliver("x");
    Advance(kUpkeep);
    EXPECT_EQ(link.session->LastEvent(), "disconnected: FirstPacketTimeout by local");
}

TEST_F(FirstPacketTest, EndsTheDeadlineOnceItIsThere) {
    script.onReceived = [](RecordingSession& session) { session.CountReceivedPacket(); };
    const Link link = Accept();
    link.wire->Deliver("packet");
    Dispatch();
    Advance(1h);
    EXPECT_EQ(link.session->State(), SessionState::Open);
}

TEST_F(FirstPacketTest, IsNotAskedForWhileTheSessionDrains) {
    const Link link = Accept();
    Advance(4s);
    link.session->Close();
    Dispatch();
    Advance(4s);
    EXPECT_EQ(link.session->State(), SessionState::Draining) << "a new state has a deadline of its own";
    FinishPeer(link);
    EXPECT_EQ(link.session->LastEvent(), "disconnected: LocalClose by local, graceful");
}

// The upkeep of one worker looks at a session that another is just closing. It must not meet the new state together with the deadline of
// the old one, which has passed long ago.
TEST_F(FirstPacketTest, DeadlineIsForgottenBeforeDrainingBegins) {
    script.onReceived = [](RecordingSession& session) { session.CountReceivedPacket(); };
    const Link link = Accept();
    link.wire->Deliver("packet");
    Dispatch();
    clock.Advance(10s);

    std::promise<void> looked;
    std::future<void> hasLooked = looked.get_future();
    std::thread upkeep;
    clock.onNow = [&] {
        clock.onNow = {};
        upkeep = std::thread([&, now = clock.Now()] {
            link.session->OnTimer(now);
            looked.set_value();
        });
        // A session that is about to be reset waits for the lock of the Close that we are in, and cannot finish.
        EXPECT_EQ(hasLooked.wait_for(1s), std::future_status::ready);
    };
    link.session->Close();
    upkeep.join();
    Dispatch();
    FinishPeer(link);
    EXPECT_EQ(link.session->LastEvent(), "disconnected: LocalClose by local, graceful");
}

// --- Idle --------------------------------------------------------------------------------------------------------------

class IdleTest : public ServiceFixture {
protected:
    void SetUp() override {
        config.limits.idleTimeout = 30s;
        StartServer();
    }
};

TEST_F(IdleTest, ASilentPeerIsReset) {
    const Link link = Accept();
    Advance(29900ms);
    EXPECT_EQ(link.session->State(), SessionState::Open);
    Advance(kUpkeep);
    EXPECT_EQ(link.session->LastEvent(), "disconnected: IdleTimeout by local");
    EXPECT_TRUE(link.wire->Saw(Call::AbortOnClose));
}

TEST_F(IdleTest, EveryByteReceivedCounts) {
    const Link link = Accept();
    for (int i = 0; i < 10; ++i) {
        Advance(29s);
        link.wire->Deliver("x");
        Dispatch();
    }
    EXPECT_EQ(link.session->State(), SessionState::Open);
}

TEST_F(IdleTest, WhatIsSentDoesNotCount) {
    const Link link = Accept();
    for (int i = 0; i < 3; ++i) {
        Advance(11s);
        Send(link, "x");
        Dispatch();
        if (link.wire->IsSending()) {
            link.wire->TakeSend();
            Dispatch();
        }
    }
    EXPECT_EQ(link.session->LastEvent(), "disconnected: IdleTimeout by local");
}

TEST_F(IdleTest, ANewTimeoutHoldsForTheSessionsThereAre) {
    const Link link = Accept();
    SessionLimits limits = config.limits;
    limits.idleTimeout = 10s;
    service->SetLimits(limits);
    Advance(9900ms);
    EXPECT_EQ(link.session->State(), SessionState::Open);
    Advance(kUpkeep);
    EXPECT_EQ(link.session->LastEvent(), "disconnected: IdleTimeout by local");
}

TEST_F(IdleTest, ALongerTimeoutOrNoneHoldsForTheSessionsThereAre) {
    const Link link = Accept();
    SessionLimits limits = config.limits;
    limits.idleTimeout = 60s;
    service->SetLimits(limits);
    Advance(59s);
    EXPECT_EQ(link.session->State(), SessionState::Open);
    limits.idleTimeout = 0s;
    service->SetLimits(limits);
    Advance(3600s);
    EXPECT_EQ(link.session->State(), SessionState::Open);
    limits.idleTimeout = 4000s;
    service->SetLimits(limits);
    Advance(3600s);
    EXPECT_EQ(link.session->LastEvent(), "disconnected: IdleTimeout by local") << "its timer was not armed at all";
}

class NoDeadlineTest : public ServiceFixture {
protected:
    void SetUp() override {
        config.limits.drainTimeout = 0ms;
        StartServer();
    }
};

TEST_F(NoDeadlineTest, ADeadlineOfZeroNeverComes) {
    const Link open = Accept();
    const Link draining = Accept();
    draining.session->Close();
    Advance(24h);
    EXPECT_EQ(open.session->State(), SessionState::Open);
    EXPECT_EQ(draining.session->State(), SessionState::Draining);
}

// --- Errors of the receive side ----------------------------------------------------------------------------------------

class SessionErrorTest : public ServiceFixture {
protected:
    void SetUp() override { StartServer(); }
};

TEST_F(SessionErrorTest, EveryErrorOfAReceiveOrASendEndsTheSession) {
    struct Case {
        std::errc error;
        CloseReason reason;
    };
    for (const Case& c :
         {Case{std::errc::connection_reset, CloseReason::PeerReset}, Case{std::errc::connection_aborted, CloseReason::PeerReset},
          Case{std::errc::broken_pipe, CloseReason::PeerReset}, Case{std::errc::timed_out, CloseReason::NetworkLost},
          Case{std::errc::network_reset, CloseReason::NetworkLost}, Case{std::errc::not_connected, CloseReason::IoError},
          Case{std::errc::operation_canceled, CloseReason::IoError}, Case{std::errc::io_error, CloseReason::IoError}}) {
        const std::error_code error = std::make_error_code(c.error);
        for (const bool sending : {false, true}) {
            const Link link = Accept();
            Send(link, "x");
            Dispatch();
            sending ? link.wire->FailSend(error) : link.wire->FailReceive(error);
            Dispatch();
            EXPECT_EQ(link.session->CountOf("disconnected"), 1U) << error.message();
            EXPECT_EQ(link.session->Info().reason, c.reason) << error.message();
            EXPECT_EQ(link.session->Info().error, error);
            EXPECT_TRUE(link.wire->Saw(Call::Close));
        }
    }
    EXPECT_EQ(service->SessionCount(), 0U) << "a session was left behind without a receive";
}

// Nobody knows how much of a send left that failed, so the stream is lost; a receive that failed has taken nothing.
TEST_F(SessionErrorTest, AShortageEndsASendAndPutsAReceiveOff) {
    const std::error_code shortage = std::make_error_code(std::errc::no_buffer_space);
    const Link receiving = Accept();
    receiving.wire->FailReceive(shortage);
    Dispatch();
    EXPECT_FALSE(receiving.wire->IsReceiving()) << "at once it would fail again";
    Advance(10ms);
    receiving.wire->Deliver("later");
    Dispatch();
    EXPECT_EQ(receiving.session->LastEvent(), "received later");

    const Link sending = Accept();
    Send(sending, "x");
    Dispatch();
    sending.wire->FailSend(shortage);
    Dispatch();
    EXPECT_EQ(sending.session->Info().reason, CloseReason::ResourceExhausted);
}

TEST_F(SessionErrorTest, AReceiveThatCannotBeSubmittedEndsTheSession) {
    network.Fail(Call::Receive, std::errc::connection_reset, 1);
    EXPECT_EQ(Accept().session->Events(), (Events{"connected", "disconnected: PeerReset by peer"}));
}

TEST_F(SessionErrorTest, AReceiveThatLacksResourcesIsAskedForAgainWithoutLoss) {
    const Link link = Accept();
    network.Fail(Call::Receive, std::errc::no_buffer_space, 3);
    link.wire->Deliver("one");
    Dispatch();
    EXPECT_FALSE(link.wire->IsReceiving());
    EXPECT_EQ(link.session->State(), SessionState::Open);
    for (int i = 0; i < 3; ++i) {
        Advance(kUpkeep);
    }
    ASSERT_TRUE(link.wire->IsReceiving());
    EXPECT_EQ(link.wire->Count(Call::Receive), 5U) << "a shortage is not asked about in a tight loop";
    link.wire->Deliver("two");
    Dispatch();
    EXPECT_EQ(link.session->Events(), (Events{"connected", "received one", "received two"}));
}

TEST_F(SessionErrorTest, AShortageInBothDirectionsIsOvercomeInBoth) {
    const Link link = Accept();
    network.Fail(Call::Receive, std::errc::not_enough_memory, 1);
    network.Fail(Call::Send, std::errc::not_enough_memory, 1);
    Send(link, "x");
    link.wire->Deliver("y");
    Dispatch();
    Advance(kUpkeep);
    EXPECT_TRUE(link.wire->IsReceiving());
    EXPECT_TRUE(link.wire->IsSending());
}

TEST_F(SessionErrorTest, ASessionWithoutAnythingInFlightCanStillBeEnded) {
    const Link link = Accept();
    network.Fail(Call::Receive, std::errc::no_buffer_space);
    link.wire->Deliver("x");
    Dispatch();
    link.session->Abort(CloseReason::Kicked);
    Dispatch();
    EXPECT_EQ(link.session->LastEvent(), "disconnected: Kicked by local");
}

TEST_F(SessionErrorTest, AConnectionThatCannotBeAttachedIsGivenUp) {
    network.Fail(Call::Attach, std::errc::too_many_files_open, 1);
    const Link link = Accept();
    EXPECT_EQ(link.session->Events(), Events{"connect failed: ResourceExhausted by system"});
    EXPECT_TRUE(link.wire->Saw(Call::Close));
    EXPECT_EQ(service->SessionCount(), 0U);
    EXPECT_EQ(Accept().session->Events(), Events{"connected"});
}

// --- Exceptions --------------------------------------------------------------------------------------------------------

TEST_F(SessionErrorTest, AnExceptionInConnectedEndsThatSessionAlone) {
    const Link bystander = Accept();
    script.onConnected = [](RecordingSession&) { throw std::runtime_error("game bug"); };
    const Link link = Accept();
    EXPECT_EQ(link.session->Events(), (Events{"connected", "disconnected: HandlerException by local"}));
    EXPECT_TRUE(link.wire->Saw(Call::AbortOnClose));
    EXPECT_FALSE(link.wire->Saw(Call::Receive));
    EXPECT_EQ(bystander.session->State(), SessionState::Open);
    EXPECT_EQ(service->GetLedger().closedBy[static_cast<std::size_t>(CloseReason::HandlerException)], 1U);
}

TEST_F(SessionErrorTest, AnExceptionInReceivedEndsThatSessionAlone) {
    script.onReceived = [](RecordingSession&) { throw 42; };  // not even a std::exception
    const Link link = Accept();
    link.wire->Deliver("x");
    Dispatch();
    EXPECT_EQ(link.session->Events(), (Events{"connected", "received x", "disconnected: HandlerException by local"}));
    EXPECT_NE(Accept().session, nullptr) << "the server lives";
}

TEST_F(SessionErrorTest, AnExceptionInDisconnectedHarmsNothing) {
    script.onDisconnected = [](RecordingSession&) { throw std::runtime_error("game bug"); };
    const Link link = Accept();
    link.wire->EndStream();
    Dispatch();
    EXPECT_EQ(link.session->CountOf("disconnected"), 1U);
    EXPECT_EQ(service->SessionCount(), 0U);
    EXPECT_EQ(service->GetLedger().sessionsClosed, 1U);
}

// --- Submits that race with the end ------------------------------------------------------------------------------------

class SubmitRaceTest : public ServiceFixture {
protected:
    void SetUp() override { StartServer(); }

    // The session is aborted when the engine has decided to submit, but nothing is in flight yet that a cancel could reach.
    void AbortJustBefore(Call submit, const Link& link) {
        network.beforeCall = [this, submit, session = link.session](Call call, FakeSocket*) {
            if (call == submit) {
                network.beforeCall = {};
                session->Abort(CloseReason::Kicked);
            }
        };
    }
};

TEST_F(SubmitRaceTest, AReceiveSubmittedTooLateIsCancelled) {
    const Link link = Accept();
    AbortJustBefore(Call::Receive, link);
    link.wire->Deliver("x");
    Dispatch();
    EXPECT_EQ(link.session->LastEvent(), "disconnected: Kicked by local") << "it would wait for the peer for ever";
}

TEST_F(SubmitRaceTest, ASendSubmittedTooLateIsCancelled) {
    const Link link = Accept();
    AbortJustBefore(Call::Send, link);
    Send(link, "x");
    Dispatch();
    EXPECT_EQ(link.session->LastEvent(), "disconnected: Kicked by local");
}

TEST_F(SubmitRaceTest, AFinSentTooLateHarmsNothing) {
    const Link link = Accept();
    AbortJustBefore(Call::ShutdownSend, link);
    link.session->Close();
    Dispatch();
    EXPECT_EQ(link.session->CountOf("disconnected"), 1U);
    EXPECT_FALSE(link.session->Info().graceful);
}

TEST_F(SubmitRaceTest, APeersFinDuringOurOwnIsNotOverlooked) {
    const Link link = Accept();
    network.beforeCall = [&](Call call, FakeSocket*) {
        if (call == Call::ShutdownSend) {
            network.beforeCall = {};
            link.wire->EndStream();
            std::thread([&] { service->Dispatch(0ms); }).join();
        }
    };
    link.session->Close();
    Dispatch();
    EXPECT_EQ(link.session->LastEvent(), "disconnected: LocalClose by local, graceful");
}

TEST_F(SubmitRaceTest, ASubmitThatFailsAfterTheEndHasBegunHarmsNothing) {
    for (const std::errc error : {std::errc::connection_reset, std::errc::no_buffer_space}) {
        const Link link = Accept();
        network.Fail(Call::Send, error, 1);
        AbortJustBefore(Call::Send, link);
        Send(link, "x");
        Dispatch();
        EXPECT_EQ(link.session->Events(), (Events{"connected", "disconnected: Kicked by local"}));
    }
}

TEST_F(SubmitRaceTest, MayBeAbortedWhileItIsBeingAttached) {
    network.beforeCall = [&](Call call, FakeSocket*) {
        if (call == Call::Attach) {
            network.beforeCall = {};
            sessions.back()->Abort(CloseReason::Kicked);
            sessions.back()->Close();
            sessions.back()->OnTimer(clock.Now());
        }
    };
    const Link link = Accept();
    EXPECT_LE(link.session->CountOf("disconnected") + link.session->CountOf("connect failed"), 1U);
}

}  // namespace

}  // namespace servercore::test
