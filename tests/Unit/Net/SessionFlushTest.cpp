// When a session sends (FlushPolicy, urgent packets) and what it says about a receiver that lags behind.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/Support/ServiceFixture.h"

namespace servercore::test {

namespace {

using Strings = std::vector<std::string>;

constexpr SendOptions kUrgent{.urgent = true};

// --- Tick --------------------------------------------------------------------------------------------------------------

class FlushAtTickTest : public ServiceFixture {
protected:
    void SetUp() override {
        config.flushing = FlushPolicy::Tick;
        config.tick = 50ms;
        clock.Advance(1ms);  // not at a tick
        StartServer();
    }

    SendResult SendUrgent(const Link& link, std::string_view bytes) {
        return link.session->Send(MakeBuffer(service->Buffers(), bytes), kUrgent);
    }
};

TEST_F(FlushAtTickTest, AllOfATickLeavesInOneSend) {
    const Link link = Accept();
    for (int i = 0; i < 4; ++i) {
        Send(link, std::to_string(i));
        Advance(10ms);
    }
    EXPECT_EQ(link.wire->Count(Call::Send), 0U);
    Advance(9ms);
    EXPECT_EQ(link.wire->Count(Call::Send), 1U);
    EXPECT_EQ(link.wire->Offered(), "0123");
    link.wire->TakeSend();
    Advance(1h);
    EXPECT_EQ(link.wire->Count(Call::Send), 1U) << "a tick without packets sends nothing";
}

TEST_F(FlushAtTickTest, ATickIsTheSameForAllSessions) {
    const Link a = Accept();
    const Link b = Accept();
    Send(a, "a");
    Advance(30ms);
    Send(b, "b");
    Advance(19ms);
    EXPECT_EQ(a.wire->Offered(), "a");
    EXPECT_EQ(b.wire->Offered(), "b");
}

TEST_F(FlushAtTickTest, TheTailOfAShortSendDoesNotWaitForTheTick) {
    const Link link = Accept();
    Send(link, "abcdef");
    Advance(50ms);
    link.wire->TakeSend(2);
    Dispatch();
    EXPECT_EQ(link.wire->Offered(), "cdef");
}

TEST_F(FlushAtTickTest, NeitherDoesWhatOneSendCouldNotHold) {
    const Link link = Accept();
    for (int i = 0; i < 100; ++i) {
        Send(link, "x");
    }
    Advance(50ms);
    EXPECT_EQ(link.wire->Gathered(), 64U);
    link.wire->TakeSend();
    Dispatch();
    EXPECT_EQ(link.wire->Gathered(), 36U);
}

TEST_F(FlushAtTickTest, WhatIsQueuedDuringASendWaitsForTheNextTick) {
    const Link link = Accept();
    Send(link, "one");
    Advance(50ms);
    Send(link, "two");
    link.wire->TakeSend();
    Dispatch();
    EXPECT_FALSE(link.wire->IsSending());
    Advance(50ms);
    EXPECT_EQ(link.wire->Offered(), "two");
}

TEST_F(FlushAtTickTest, ATickDuringASendIsMadeGoodWhenItEnds) {
    const Link link = Accept();
    Send(link, "one");
    Advance(50ms);
    Send(link, "two");
    Advance(50ms);
    EXPECT_EQ(link.wire->Count(Call::Send), 1U);
    link.wire->TakeSend();
    Dispatch();
    EXPECT_EQ(link.wire->Offered(), "two");
}

TEST_F(FlushAtTickTest, AnUrgentPacketLeavesAtOnceWithAllBeforeIt) {
    const Link link = Accept();
    Send(link, "one ");
    Send(link, "two ");
    EXPECT_EQ(SendUrgent(link, "now"), SendResult::Queued);
    EXPECT_EQ(link.wire->Offered(), "one two now") << "it does not even wait for the end of the batch";
    Send(link, "later");
    link.wire->TakeSend();
    Dispatch();
    EXPECT_FALSE(link.wire->IsSending());
    Advance(50ms);
    EXPECT_EQ(link.wire->Offered(), "later");
}

TEST_F(FlushAtTickTest, AnUrgentPacketDuringASendLeavesRightAfterIt) {
    const Link link = Accept();
    SendUrgent(link, "first");
    Send(link, "one ");
    SendUrgent(link, "now");
    EXPECT_EQ(link.wire->Count(Call::Send), 1U);
    link.wire->TakeSend();
    Dispatch();
    EXPECT_EQ(link.wire->Offered(), "one now");
}

TEST_F(FlushAtTickTest, AnUrgentPacketInConnectedLeavesAtOnceToo) {
    script.onConnected = [&](RecordingSession& session) {
        session.Send(MakeBuffer(service->Buffers(), "welcome"), kUrgent);
        EXPECT_EQ(network.Count(Call::Send), 1U);
    };
    EXPECT_EQ(Accept().wire->Offered(), "welcome");
}

TEST_F(FlushAtTickTest, ACloseDrainsWithoutWaitingForTheTick) {
    const Link link = Accept();
    Send(link, "goodbye");
    link.session->Close();
    Dispatch();
    EXPECT_EQ(link.wire->Offered(), "goodbye");
    FinishPeer(link);
    EXPECT_EQ(link.session->LastEvent(), "disconnected: LocalClose by local, graceful");
    Advance(50ms);  // the tick finds nobody any more
}

TEST_F(FlushAtTickTest, ThePeersFinDrainsWithoutWaitingForTheTick) {
    const Link link = Accept();
    Send(link, "goodbye");
    link.wire->EndStream();
    Dispatch();
    EXPECT_EQ(link.wire->Offered(), "goodbye");
}

TEST_F(FlushAtTickTest, ASessionThatEndsBeforeItsTickAbandonsWhatWaited) {
    const Link link = Accept();
    Send(link, "never sent");
    link.session->Abort(CloseReason::Kicked);
    Advance(50ms);
    EXPECT_EQ(link.wire->Count(Call::Send), 0U);
    EXPECT_EQ(service->GetLedger().totals.packetsAbandoned, 1U);
}

class ReplacingAtTickTest : public FlushAtTickTest {
protected:
    void SetUp() override {
        config.limits.sendSoftBytes = 100;
        FlushAtTickTest::SetUp();
    }
};

TEST_F(ReplacingAtTickTest, ASmallerReplacementDoesNotLetAnOpenSessionSendFin) {
    const Link link = Accept();
    for (int i = 0; i < 64; ++i) {
        Send(link, "xx");
    }
    constexpr SendOptions kLatest{.packetClass = PacketClass::Latest, .key = 1};
    link.session->Send(MakeBuffer(service->Buffers(), "a large state"), kLatest);
    Advance(50ms);
    EXPECT_EQ(link.session->Send(MakeBuffer(service->Buffers(), "small"), kLatest), SendResult::Replaced);
    for (int i = 0; i < 2; ++i) {
        link.wire->TakeSend();
        Dispatch();
    }
    EXPECT_FALSE(link.wire->Saw(Call::ShutdownSend));
    Send(link, "next");
    Advance(50ms);
    EXPECT_EQ(link.wire->Offered(), "next");
}

// --- End of batch ------------------------------------------------------------------------------------------------------

class UrgentTest : public ServiceFixture {
protected:
    void SetUp() override { StartServer(); }
};

TEST_F(UrgentTest, DoesNotWaitForTheEndOfTheBatch) {
    script.onReceived = [&](RecordingSession& session) {
        session.Send(MakeBuffer(service->Buffers(), "one "));
        EXPECT_EQ(network.Count(Call::Send), 0U);
        session.Send(MakeBuffer(service->Buffers(), "now"), kUrgent);
        EXPECT_EQ(network.Count(Call::Send), 1U);
    };
    const Link link = Accept();
    link.wire->Deliver("x");
    Dispatch();
    EXPECT_EQ(link.wire->Offered(), "one now");
}

// --- A receiver that lags behind ---------------------------------------------------------------------------------------

// Writes down what it is told besides the events of a RecordingSession.
class ToldSession final : public Session {
public:
    explicit ToldSession(Strings& events) : events_(events) {}

private:
    void OnReceived(ConstBytes) override { events_.emplace_back("received"); }
    void OnSendBacklog(bool isHigh) override { events_.emplace_back(isHigh ? "high" : "low"); }
    void OnDisconnected(const CloseInfo& info) override { events_.push_back(Describe(info)); }

    Strings& events_;
};

class BacklogTest : public ServiceFixture {
protected:
    void SetUp() override {
        config.limits.sendSoftBytes = 100;
        config.limits.sendHardBytes = 200;
        config.limits.sendAge = 5s;
        config.sendBudget = std::make_shared<SendBudget>(ceiling);
        StartServer(4, [this] { return session = std::make_shared<ToldSession>(events); });
        wire = &network.Listener().AcceptFrom({});
        Dispatch();
    }
    void TearDown() override {
        session.reset();
        ServiceFixture::TearDown();
    }

    SendResult Send(std::size_t bytes, const SendOptions& options = {}) {
        const SendResult result = session->Send(MakeBuffer(service->Buffers(), std::string(bytes, '.')), options);
        Dispatch();
        return result;
    }
    void Take(std::size_t bytes) {
        wire->TakeSend(bytes);
        Dispatch();
    }

    std::size_t ceiling = std::numeric_limits<std::size_t>::max();
    Strings events;
    std::shared_ptr<ToldSession> session;
    FakeSocket* wire = nullptr;
};

TEST_F(BacklogTest, TellsOfTheSoftLimitOnceAndOfHalfOfItOnce) {
    Send(100);
    EXPECT_EQ(events, Strings{});
    Send(1);
    EXPECT_EQ(events, Strings{"high"});
    Send(10);
    Take(60);
    EXPECT_EQ(events, Strings{"high"}) << "51 bytes are left";
    Take(1);
    EXPECT_EQ(events, (Strings{"high", "low"}));
    Send(50);
    Send(1);
    EXPECT_EQ(events, (Strings{"high", "low", "high"}));
}

TEST_F(BacklogTest, DoesNotTellWhatIsOverBeforeItCouldBeTold) {
    session->Send(MakeBuffer(service->Buffers(), std::string(101, '.')), kUrgent);
    wire->TakeSend();
    Dispatch();
    EXPECT_EQ(events, Strings{}) << "neither high nor low";
}

TEST_F(BacklogTest, DropsAndReplacesAndCountsIt) {
    constexpr SendOptions kLatest{.packetClass = PacketClass::Latest, .key = 1};
    EXPECT_EQ(Send(95), SendResult::Queued);  // in flight
    EXPECT_EQ(Send(5, kLatest), SendResult::Queued);
    EXPECT_EQ(Send(1, {.packetClass = PacketClass::Droppable}), SendResult::Dropped);
    EXPECT_EQ(Send(6, kLatest), SendResult::Replaced);
    EXPECT_EQ(Send(7, kLatest), SendResult::Replaced);
    Take(95);
    EXPECT_EQ(wire->Offered().size(), 7U);
    Take(7);
    session->Abort(CloseReason::Kicked);
    Dispatch();
    const SessionTotals totals = service->GetLedger().totals;
    EXPECT_EQ(totals.packetsQueued, 4U);
    EXPECT_EQ(totals.packetsReplaced, 2U);
    EXPECT_EQ(totals.packetsDropped, 1U);
    EXPECT_EQ(totals.packetsSent, 2U);
    EXPECT_EQ(totals.packetsAbandoned, 0U);
    EXPECT_EQ(totals.sends, 2U);
}

TEST_F(BacklogTest, APeerThatTricklesIsASlowConsumerByAge) {
    Send(100);
    for (int i = 0; i < 4; ++i) {
        Advance(1s);
        Take(1);
        EXPECT_EQ(session->State(), SessionState::Open);
    }
    Advance(1s);
    EXPECT_EQ(events, Strings{"SlowConsumer by local"});
    EXPECT_TRUE(wire->Saw(Call::AbortOnClose));
}

TEST_F(BacklogTest, APeerThatKeepsUpIsNeverTooOld) {
    for (int i = 0; i < 20; ++i) {
        Send(10);
        Advance(4s);
        Take(10);
    }
    Advance(1h);
    EXPECT_EQ(session->State(), SessionState::Open);
    Send(10);
    Advance(5s);
    EXPECT_EQ(events, Strings{"SlowConsumer by local"}) << "its age counts from when it was queued";
}

TEST_F(BacklogTest, WhatCannotBeSubmittedGetsTooOldAsWell) {
    network.Fail(Call::Send, std::errc::no_buffer_space);
    Send(10);
    for (int i = 0; i < 60; ++i) {
        Advance(100ms);
    }
    EXPECT_EQ(events, Strings{"SlowConsumer by local"});
}

class CeilingTest : public BacklogTest {
protected:
    static constexpr std::size_t kStep = SendBudget::kStepBytes;

    void SetUp() override {
        ceiling = 3 * kStep;
        BacklogTest::SetUp();
    }
};

TEST_F(CeilingTest, EndsWhoIsOverItsSoftLimitWhileAllTogetherAreOverTheirs) {
    config.sendBudget->Charge(4 * kStep);  // of other services of the process
    EXPECT_EQ(Send(100), SendResult::Queued) << "who keeps up notices nothing";
    EXPECT_EQ(Send(1), SendResult::QueueFull);
    EXPECT_EQ(events, Strings{"SlowConsumer by local"});
    config.sendBudget->Refund(4 * kStep);
    EXPECT_EQ(config.sendBudget->ChargedBytes(), 0U);
}

class ChargeTest : public BacklogTest {
protected:
    void SetUp() override {
        BacklogTest::SetUp();
        EndService();
        config.limits.sendHardBytes = 10 * SendBudget::kStepBytes;
        config.limits.sendSoftBytes = 0;
        StartServer(4, [this] { return session = std::make_shared<ToldSession>(events); });
        wire = &network.Listener(1).AcceptFrom({});
        Dispatch();
    }
};

TEST_F(ChargeTest, WhatASessionOwedIsRefundedWhenItEnds) {
    Send(5 * SendBudget::kStepBytes);
    EXPECT_EQ(config.sendBudget->ChargedBytes(), 5 * SendBudget::kStepBytes);
    session->Abort(CloseReason::Kicked);
    Dispatch();
    EXPECT_EQ(config.sendBudget->ChargedBytes(), 0U);
}

}  // namespace

}  // namespace servercore::test
