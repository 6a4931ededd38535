// Receiving that rests, and silence: PauseReceiving, OnHeartbeat, and what they mean for the deadlines.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/Support/ServiceFixture.h"

namespace servercore::test {

namespace {

using Strings = std::vector<std::string>;

// --- Pausing -----------------------------------------------------------------------------------------------------------

class PauseTest : public ServiceFixture {
protected:
    void SetUp() override {
        config.limits.idleTimeout = 30s;
        StartServer();
    }

    // Paused, and something has come since: nothing is asked of the socket any more.
    Link AcceptAndRest() {
        const Link link = Accept();
        link.session->PauseReceiving();
        link.wire->Deliver("last");
        Dispatch();
        EXPECT_FALSE(link.wire->IsReceiving());
        return link;
    }
};

TEST_F(PauseTest, ReadsNothingMoreUntilItResumes) {
    const Link link = AcceptAndRest();
    Advance(10s);
    EXPECT_EQ(link.wire->Count(Call::Receive), 1U);
    link.session->ResumeReceiving();
    Dispatch();
    ASSERT_TRUE(link.wire->IsReceiving());
    link.wire->Deliver("next");
    Dispatch();
    EXPECT_EQ(link.session->Events(), (Strings{"connected", "received last", "received next"}));
}

TEST_F(PauseTest, MayPauseAndResumeInAnyOrderAndNumber) {
    const Link link = Accept();
    link.session->ResumeReceiving();
    link.session->PauseReceiving();
    link.session->PauseReceiving();
    link.session->ResumeReceiving();
    link.wire->Deliver("x");
    Dispatch();
    EXPECT_TRUE(link.wire->IsReceiving()) << "pauses are not counted";
}

TEST_F(PauseTest, MayPauseInACallback) {
    script.onConnected = [](RecordingSession& session) { session.PauseReceiving(); };
    const Link link = Accept();
    EXPECT_FALSE(link.wire->IsReceiving());
    link.session->ResumeReceiving();
    Dispatch();
    EXPECT_TRUE(link.wire->IsReceiving());
}

TEST_F(PauseTest, DoesNotHoldSilenceAgainstAPeerThatIsNotRead) {
    const Link link = AcceptAndRest();
    for (int i = 0; i < 10; ++i) {
        Advance(29s);
    }
    EXPECT_EQ(link.session->State(), SessionState::Open);
    link.session->ResumeReceiving();
    Advance(29900ms);
    EXPECT_EQ(link.session->State(), SessionState::Open) << "its time begins anew";
    Advance(kUpkeep);
    EXPECT_EQ(link.session->LastEvent(), "disconnected: IdleTimeout by local");
}

TEST_F(PauseTest, StillSends) {
    const Link link = AcceptAndRest();
    Send(link, "hello");
    Dispatch();
    EXPECT_EQ(link.wire->Offered(), "hello");
    FinishPeer(link);
}

TEST_F(PauseTest, ASessionThatClosesReadsOnByItself) {
    const Link link = AcceptAndRest();
    link.session->Close();
    Dispatch();
    ASSERT_TRUE(link.wire->IsReceiving()) << "the peer's FIN would never be seen";
    link.session->PauseReceiving();
    link.wire->Deliver("ignored");
    Dispatch();
    FinishPeer(link);
    EXPECT_EQ(link.session->LastEvent(), "disconnected: LocalClose by local, graceful");
}

TEST_F(PauseTest, CanBeAbortedWhileItRests) {
    const Link link = AcceptAndRest();
    link.session->Abort(CloseReason::Kicked);
    Dispatch();
    EXPECT_EQ(link.session->LastEvent(), "disconnected: Kicked by local");
    link.session->ResumeReceiving();
}

// A game's own queue is full in the middle of a large packet: the rest of it lies unread in the system's buffer.
class PausedPacket final : public PacketSession {
public:
    using PacketSession::PacketSession;
    std::size_t packets = 0;
    std::string end;

private:
    void OnPacket(const PacketView&) override { ++packets; }
    void OnDisconnected(const CloseInfo& info) override { end = Describe(info); }
};

class PausedPacketTest : public ServiceFixture {
protected:
    void SetUp() override {
        config.limits.packetTimeout = 10s;
        StartServer(4, [this] { return session = std::make_shared<PausedPacket>(); });
        wire = &network.Listener().AcceptFrom({});
        Dispatch();
        packet = EncodePacket(7, "large");
        wire->Deliver(packet.substr(0, 3));
        Dispatch();
    }

    std::shared_ptr<PausedPacket> session;
    FakeSocket* wire = nullptr;
    std::string packet;
};

TEST_F(PausedPacketTest, IsNotLateWhileNobodyReadsIt) {
    session->PauseReceiving();
    wire->Deliver(packet.substr(3, 3));
    Dispatch();
    ASSERT_FALSE(wire->IsReceiving());
    for (int i = 0; i < 5; ++i) {
        Advance(9s);
    }
    ASSERT_EQ(session->State(), SessionState::Open);
    session->ResumeReceiving();
    Advance(9s);
    EXPECT_EQ(session->State(), SessionState::Open) << "its time begins anew";
    wire->Deliver(packet.substr(6));
    Dispatch();
    EXPECT_EQ(session->packets, 1U);
    Advance(1h);
    EXPECT_EQ(session->end, "");
}

TEST_F(PausedPacketTest, IsLateAgainOnceItIsRead) {
    session->PauseReceiving();
    wire->Deliver(packet.substr(3, 3));
    Dispatch();
    Advance(1h);
    session->ResumeReceiving();
    Dispatch();
    Advance(10s);
    EXPECT_EQ(session->end, "PacketTimeout by local");
}

// --- Heartbeat ---------------------------------------------------------------------------------------------------------

class Beating final : public Session {
public:
    explicit Beating(const std::function<void(Beating&)>& onHeartbeat) : onHeartbeat_(onHeartbeat) {}
    int beats = 0;

private:
    void OnReceived(ConstBytes) override {}
    void OnHeartbeat() override {
        ++beats;
        if (onHeartbeat_) {
            onHeartbeat_(*this);
        }
    }

    const std::function<void(Beating&)>& onHeartbeat_;
};

class HeartbeatTest : public ServiceFixture {
protected:
    void SetUp() override {
        config.limits.heartbeatInterval = 5s;
        config.limits.idleTimeout = 17s;
        StartServer(4, [this] { return session = std::make_shared<Beating>(onHeartbeat); });
        wire = &network.Listener().AcceptFrom({});
        Dispatch();
    }
    void TearDown() override {
        onHeartbeat = {};
        ServiceFixture::TearDown();
    }

    std::function<void(Beating&)> onHeartbeat;
    std::shared_ptr<Beating> session;
    FakeSocket* wire = nullptr;
};

TEST_F(HeartbeatTest, ComesAfterSilenceAndAgainAfterAsLong) {
    Advance(4999ms);
    EXPECT_EQ(session->beats, 0);
    Advance(1ms);
    EXPECT_EQ(session->beats, 1);
    Advance(4999ms);
    EXPECT_EQ(session->beats, 1);
    Advance(1ms);
    EXPECT_EQ(session->beats, 2);
}

TEST_F(HeartbeatTest, DoesNotComeWhileThePeerSends) {
    for (int i = 0; i < 10; ++i) {
        Advance(4s);
        wire->Deliver("x");
        Dispatch();
    }
    EXPECT_EQ(session->beats, 0);
    Advance(5s);
    EXPECT_EQ(session->beats, 1);
}

TEST_F(HeartbeatTest, IsTheLastChanceBeforeTheIdleTimeout) {
    for (int i = 0; i < 3; ++i) {
        Advance(5s);
    }
    EXPECT_EQ(session->beats, 3);
    Advance(2s);
    EXPECT_EQ(session->State(), SessionState::Closed);
}

TEST_F(HeartbeatTest, AnAnsweredPingKeepsTheSession) {
    onHeartbeat = [&](Beating& beating) { beating.Send(MakeBuffer(service->Buffers(), "ping")); };
    for (int i = 0; i < 20; ++i) {
        Advance(5s);
        ASSERT_EQ(wire->Offered(), "ping");
        wire->TakeSend();
        wire->Deliver("pong");
        Dispatch();
    }
    EXPECT_EQ(session->beats, 20);
    EXPECT_EQ(session->State(), SessionState::Open);
}

TEST_F(HeartbeatTest, DoesNotComeToASessionThatClosesOrHasClosed) {
    session->Close();
    Dispatch();
    Advance(4s);
    Advance(1500ms);  // reset at the drain timeout
    EXPECT_EQ(session->State(), SessionState::Closed);
    Advance(1h);
    EXPECT_EQ(session->beats, 0);
}

TEST_F(HeartbeatTest, MayEndTheSession) {
    onHeartbeat = [](Beating& beating) { beating.Abort(CloseReason::Kicked); };
    Advance(5s);
    Advance(1h);
    EXPECT_EQ(session->beats, 1);
    EXPECT_EQ(session->State(), SessionState::Closed);
}

}  // namespace

}  // namespace servercore::test
