#include "ServerCore/Net/PacketSession.h"

#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/Support/ServiceFixture.h"

namespace servercore::test {

namespace {

using Strings = std::vector<std::string>;

// Writes down the bodies of its packets and how it ended.
class PacketCollector final : public PacketSession {
public:
    explicit PacketCollector(const std::function<void(PacketCollector&)>& onPacket) : onPacket_(onPacket) {}

    Strings bodies;
    std::string end;

protected:
    void OnPacket(const PacketView& packet) override {
        EXPECT_EQ(packet.id, 7);
        bodies.emplace_back(reinterpret_cast<const char*>(packet.body.data()), packet.body.size());
        if (onPacket_) {
            onPacket_(*this);
        }
    }
    void OnDisconnected(const CloseInfo& info) override {
        EXPECT_TRUE(end.empty());
        end = Describe(info);
    }

private:
    const std::function<void(PacketCollector&)>& onPacket_;
};

class PacketSessionTest : public ServiceFixture {
protected:
    void Begin() {
        StartServer(1, [this] { return session = std::make_shared<PacketCollector>(onPacket); });
        AcceptNext();
    }
    void AcceptNext() {
        wire = &network.Listener().AcceptFrom({});
        Dispatch();
    }
    void Deliver(std::string_view bytes) {
        wire->Deliver(bytes);
        Dispatch();
    }
    [[nodiscard]] static std::string Packet(std::string_view body) { return EncodePacket(7, body); }

    std::function<void(PacketCollector&)> onPacket;
    std::shared_ptr<PacketCollector> session;
    FakeSocket* wire = nullptr;
};

TEST_F(PacketSessionTest, GetsPacketsHoweverTheBytesArrive) {
    Begin();
    const std::string stream = Packet("one") + Packet("") + Packet("three");
    for (const char byte : stream.substr(0, 6)) {
        Deliver({&byte, 1});
    }
    Deliver(stream.substr(6));
    EXPECT_EQ(session->bodies, (Strings{"one", "", "three"}));
    wire->EndStream();
    Dispatch();
    EXPECT_EQ(session->end, "PeerClosed by peer, graceful");
    EXPECT_EQ(service->GetLedger().totals.packetsReceived, 3U);
}

TEST_F(PacketSessionTest, ASizeBelowTheHeaderEndsTheSession) {
    Begin();
    for (char size = 0; size < 4; ++size) {
        Deliver(Packet("good") + std::string{size, 0, 7, 0} + Packet("never"));
        EXPECT_EQ(session->bodies, Strings{"good"});
        EXPECT_EQ(session->end, "PacketTooSmall by local");
        EXPECT_TRUE(wire->Saw(Call::AbortOnClose));
        AcceptNext();
    }
}

TEST_F(PacketSessionTest, ASizeOverTheLimitEndsTheSessionAtItsHeader) {
    config.limits.packetBytes = 100;
    Begin();
    Deliver(Packet(std::string(96, 'x')));
    EXPECT_EQ(session->end, "");
    Deliver(Packet(std::string(97, 'x')).substr(0, 4));
    EXPECT_EQ(session->end, "PacketTooLarge by local");
    EXPECT_EQ(session->bodies.size(), 1U);
}

TEST_F(PacketSessionTest, GetsNoMorePacketsOnceItCloses) {
    onPacket = [](PacketCollector& collector) {
        if (collector.bodies.size() == 2) {
            collector.Close(CloseReason::Kicked);
        }
    };
    Begin();
    Deliver(Packet("one") + Packet("two") + Packet("three"));
    Deliver(Packet("four"));
    wire->EndStream();
    Dispatch();
    EXPECT_EQ(session->bodies, (Strings{"one", "two"}));
    EXPECT_EQ(session->end, "Kicked by local, graceful");
}

TEST_F(PacketSessionTest, GetsNoMorePacketsOnceItAborts) {
    onPacket = [](PacketCollector& collector) { collector.Abort(CloseReason::MalformedPacket); };
    Begin();
    Deliver(Packet("one") + Packet("two"));
    EXPECT_EQ(session->bodies, Strings{"one"});
    EXPECT_EQ(session->end, "MalformedPacket by local");
}

TEST_F(PacketSessionTest, AnExceptionFromAPacketEndsTheSession) {
    onPacket = [](PacketCollector&) { throw std::runtime_error("game bug"); };
    Begin();
    Deliver(Packet("one") + Packet("two"));
    EXPECT_EQ(session->bodies, Strings{"one"});
    EXPECT_EQ(session->end, "HandlerException by local");
}

// --- Budgets -----------------------------------------------------------------------------------------------------------

std::shared_ptr<const PacketLimits> TenPerSecondThreeAtOnce(std::chrono::milliseconds closeAfter = 3000ms) {
    PacketLimitsConfig limits;
    limits.packets = {.perSecond = 10, .burst = 3};
    limits.closeAfter = closeAfter;
    return std::make_shared<const PacketLimits>(*PacketLimits::Create(limits));
}

TEST_F(PacketSessionTest, MorePacketsThanItsBudgetMakeItWait) {
    config.limits.packets = TenPerSecondThreeAtOnce();
    Begin();
    Deliver(Packet("1") + Packet("2") + Packet("3") + Packet("4") + Packet("5"));
    EXPECT_EQ(session->bodies, (Strings{"1", "2", "3", "4"})) << "the one that was too much is handled, the next one waits";
    EXPECT_FALSE(wire->IsReceiving()) << "TCP slows the peer down";
    Advance(99ms);
    EXPECT_EQ(session->bodies.size(), 4U) << "it has a debt to pay";
    Advance(102ms);
    EXPECT_EQ(session->bodies.size(), 5U);
    Advance(500ms);
    EXPECT_TRUE(wire->IsReceiving());
    EXPECT_EQ(session->end, "");
    EXPECT_EQ(session->State(), SessionState::Open);
}

TEST_F(PacketSessionTest, MorePacketsThanItsBudgetForTooLongEndIt) {
    config.limits.packets = TenPerSecondThreeAtOnce();
    Begin();
    std::string flood;
    for (int i = 0; i < 200; ++i) {
        flood += Packet("x");
    }
    Deliver(flood);
    for (int i = 0; i < 60 && session->end.empty(); ++i) {
        Advance(100ms);
    }
    EXPECT_EQ(session->end, "RateLimited by local");
    EXPECT_LE(session->bodies.size(), 40U) << "the rate for three seconds, and the burst";
}

TEST_F(PacketSessionTest, WhatTheGameHasProvokedIsFree) {
    config.limits.packets = TenPerSecondThreeAtOnce();
    Begin();
    session->Grant(7, 1000);
    for (int i = 0; i < 1000; ++i) {
        Deliver(Packet("answer"));
    }
    EXPECT_EQ(session->bodies.size(), 1000U);
    EXPECT_TRUE(wire->IsReceiving());
}

// Each of them is in the ledger: what was refused, what would have been, and what was free.
TEST_F(PacketSessionTest, WhatIsJudgedByItsBudgetIsCounted) {
    config.limits.packets = TenPerSecondThreeAtOnce();
    Begin();
    session->Grant(7, 2);
    for (int i = 0; i < 6; ++i) {
        Deliver(Packet("x"));
    }
    session->Abort(CloseReason::Kicked);
    Dispatch();
    EXPECT_EQ(session->bodies.size(), 6U);
    const SessionTotals totals = service->GetLedger().totals;
    EXPECT_EQ(totals.packetsGranted, 2U);
    EXPECT_EQ(totals.packetsOverBudget, 1U);
    EXPECT_EQ(totals.throttles, 1U);
    EXPECT_EQ(totals.packetsObserved, 0U);
    EXPECT_EQ(totals.closesObserved, 0U);
}

TEST_F(PacketSessionTest, WhatIsOnlyObservedIsCountedAsThat) {
    PacketLimitsConfig limits;
    limits.packets = {.perSecond = 1, .burst = 1};
    limits.closeAfter = 3s;
    limits.observeOnly = true;
    config.limits.packets = std::make_shared<const PacketLimits>(*PacketLimits::Create(limits));
    Begin();
    for (int i = 0; i < 40; ++i) {
        Deliver(Packet("x"));
        Advance(100ms);
    }
    session->Abort(CloseReason::Kicked);
    Dispatch();
    EXPECT_EQ(session->bodies.size(), 40U);
    const SessionTotals totals = service->GetLedger().totals;
    EXPECT_EQ(totals.packetsObserved, 36U) << "but for the one at once and one each second";
    EXPECT_EQ(totals.closesObserved, 1U);
    EXPECT_EQ(totals.packetsOverBudget, 0U);
    EXPECT_EQ(totals.throttles, 0U);
}

// --- Turns -------------------------------------------------------------------------------------------------------------

TEST_F(PacketSessionTest, TakesTurnsWhenMuchHasComeAtOnce) {
    config.limits.packetsPerTurn = 10;
    Begin();
    std::string many;
    for (int i = 0; i < 35; ++i) {
        many += Packet(std::to_string(i));
    }
    wire->Deliver(many);
    std::vector<std::size_t> progress;
    for (int batch = 0; batch < 4; ++batch) {
        EXPECT_FALSE(wire->IsReceiving() && batch > 0);
        service->Dispatch(0ms);
        progress.push_back(session->bodies.size());
    }
    EXPECT_EQ(progress, (std::vector<std::size_t>{10, 20, 30, 35})) << "others have their turn in between";
    EXPECT_EQ(session->bodies.back(), "34");
    EXPECT_TRUE(wire->IsReceiving());
}

TEST_F(PacketSessionTest, ASlowGameEndsItsTurnByTime) {
    config.limits.timePerTurn = 200us;
    onPacket = [this](PacketCollector&) { clock.Advance(100us); };
    Begin();
    std::string many;
    for (int i = 0; i < 20; ++i) {
        many += Packet("x");
    }
    wire->Deliver(many);
    service->Dispatch(0ms);
    EXPECT_EQ(session->bodies.size(), 8U);
    Dispatch();
    EXPECT_EQ(session->bodies.size(), 20U);
}

TEST_F(PacketSessionTest, HandsOutTheSamePacketsInTurnsHoweverTheyArrive) {
    config.limits.packetsPerTurn = 3;
    Strings sent;
    std::string stream;
    for (int i = 0; i < 60; ++i) {
        sent.push_back(std::string(static_cast<std::size_t>(i), 'x') + std::to_string(i));
        stream += Packet(sent.back());
    }
    Begin();
    for (std::size_t piece = 1; piece <= stream.size(); piece = piece * 3 + 1) {
        session->bodies.clear();
        for (std::size_t at = 0; at < stream.size(); at += piece) {
            Deliver(stream.substr(at, piece));
        }
        ASSERT_EQ(session->bodies, sent) << "in pieces of " << piece;
    }
}

TEST_F(PacketSessionTest, StopsWithinABlockWhenTheGameIsBusy) {
    onPacket = [](PacketCollector& collector) {
        if (collector.bodies.size() == 2) {
            collector.PauseReceiving();
        }
    };
    Begin();
    Deliver(Packet("1") + Packet("2") + Packet("3"));
    EXPECT_EQ(session->bodies, (Strings{"1", "2"}));
    EXPECT_FALSE(wire->IsReceiving());
    session->ResumeReceiving();
    Dispatch();
    EXPECT_EQ(session->bodies, (Strings{"1", "2", "3"}));
    EXPECT_TRUE(wire->IsReceiving());
}

TEST_F(PacketSessionTest, ClosesGracefullyWhileItReceivesNothing) {
    Begin();
    session->PauseReceiving();
    Deliver(Packet("1") + Packet("2"));
    EXPECT_EQ(session->bodies, Strings{"1"}) << "the pause is noticed between two packets";
    session->Close();
    Dispatch();
    session->PauseReceiving();
    EXPECT_TRUE(wire->IsReceiving()) << "the peer's FIN lies behind what it has sent";
    wire->EndStream();
    Dispatch();
    EXPECT_EQ(session->bodies.size(), 1U);
    EXPECT_EQ(session->end, "LocalClose by local, graceful");
}

TEST_F(PacketSessionTest, APacketMustBeCompleteWithinItsDeadlineHoweverItTrickles) {
    config.limits.packetTimeout = 10s;
    Begin();
    const std::string packet = Packet("hello, world");
    for (std::size_t i = 0; i < 9; ++i) {
        Deliver(packet.substr(i, 1));
        Advance(1s);
    }
    EXPECT_EQ(session->end, "");
    Deliver(packet.substr(9));
    Deliver(packet.substr(0, 1));
    Advance(9s);
    EXPECT_EQ(session->end, "") << "each packet has its own time";
    Advance(1001ms);
    EXPECT_EQ(session->end, "PacketTimeout by local");
}

TEST_F(PacketSessionTest, ACompletePacketMeetsTheFirstPacketDeadlineAndHalfOneDoesNot) {
    config.limits.firstPacketTimeout = 5s;
    Begin();
    Deliver(Packet("one"));
    Advance(1h);
    EXPECT_EQ(session->end, "");
    session->Abort(CloseReason::Kicked);
    Dispatch();

    AcceptNext();
    Deliver(Packet("half").substr(0, 7));
    Advance(5s);
    EXPECT_EQ(session->end, "FirstPacketTimeout by local");
}

}  // namespace

}  // namespace servercore::test
