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

TEST_F(PacketSessionTest, MorePacketsThanItsBudgetEndTheSession) {
    config.limits.packetsPerSecond = 10;
    config.limits.packetBurst = 3;
    Begin();
    Deliver(Packet("1") + Packet("2") + Packet("3"));
    Advance(201ms);
    Deliver(Packet("4") + Packet("5"));
    EXPECT_EQ(session->end, "");
    Deliver(Packet("6") + Packet("7"));
    EXPECT_EQ(session->bodies.size(), 5U);
    EXPECT_EQ(session->end, "RateLimited by local");
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
