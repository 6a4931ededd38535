// Rows 8 and 9 of the attack catalogue: ids that are no packets', and bodies that are no messages, before and after the login.
#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "GameServer/GameServer.h"
#include "Protocol/PacketId.h"
#include "ServerCore/Net/ClientService.h"
#include "tests/Integration/Game/Visitor.h"
#include "tests/Support/TestServices.h"

namespace game::test {
namespace {

using protocol::PacketId;
using servercore::CloseInfo;
using servercore::CloseReason;
using servercore::test::kPatience;
using servercore::test::PatientConfig;
using servercore::test::World;

struct HostilePacket {
    const char* name;
    std::uint16_t id;
    std::string body;
    CloseReason reason;
};

constexpr std::uint16_t IdOf(PacketId id) noexcept {
    return static_cast<std::uint16_t>(id);
}

// A field of groups inside groups, all of them closed again: well-formed but for its depth.
std::string Nested(std::size_t depth) {
    constexpr char kBeginGroup15 = 0x7B;
    constexpr char kEndGroup15 = 0x7C;
    return std::string(depth, kBeginGroup15) + std::string(depth, kEndGroup15);
}

std::vector<HostilePacket> AllHostilePackets() {
    return {
        {"IdZero", 0, "", CloseReason::UnknownPacket},
        {"IdThatNobodyHas", 0x7777, "abc", CloseReason::UnknownPacket},
        {"IdOfTheServers", IdOf(PacketId::S_Hello), "", CloseReason::UnknownPacket},
        {"TruncatedVarint", IdOf(PacketId::C_Hello), "\x08\xFF\xFF", CloseReason::MalformedPacket},
        {"VarintWithoutEnd", IdOf(PacketId::C_Ping), std::string(200, '\xFF'), CloseReason::MalformedPacket},
        {"LengthBehindTheEnd", IdOf(PacketId::C_Login),
         "\x0A\x7F"
         "Bob",
         CloseReason::MalformedPacket},
        {"LengthOfTwoGigabytes", IdOf(PacketId::C_Login), "\x0A\xFF\xFF\xFF\xFF\x07", CloseReason::MalformedPacket},
        {"FieldZero", IdOf(PacketId::C_Ping), std::string(1, '\0') + "\x01", CloseReason::MalformedPacket},
        {"WireTypeThatIsNone", IdOf(PacketId::C_Ping), "\x0F", CloseReason::MalformedPacket},
        {"EndOfNoGroup", IdOf(PacketId::C_Ping), "\x7C", CloseReason::MalformedPacket},
        {"NestedTooDeep", IdOf(PacketId::C_Ping), Nested(200), CloseReason::MalformedPacket},
        {"NestedAndNeverClosed", IdOf(PacketId::C_Ping), Nested(200).substr(0, 200), CloseReason::MalformedPacket},
    };
}

servercore::SendBufferRef Encode(servercore::SendBufferPool& buffers, const HostilePacket& packet) {
    servercore::SendBufferRef buffer = buffers.Allocate(servercore::kPacketHeaderBytes + packet.body.size());
    servercore::WritePacket(buffer->Writable(), packet.id, std::as_bytes(std::span(packet.body)));
    return buffer;
}

// Says that one thing, and nothing before it.
class Stranger final : public servercore::PacketSession {
public:
    explicit Stranger(servercore::SendBufferRef packet) : packet_(std::move(packet)) {}

private:
    void OnConnected() override { (void)Send(std::move(packet_)); }
    void OnPacket(const servercore::PacketView& /*packet*/) override {}

    servercore::SendBufferRef packet_;
};

// A game with an honest player in the zone, whom nothing of this may disturb.
class HostilePackets : public ::testing::Test {
protected:
    HostilePackets()
        : server_(*world_.network, config_, world_.clock, world_.log),
          clients_(*world_.network, PatientConfig("clients"), world_.clock, world_.log) {
        EXPECT_FALSE(server_.Start(servercore::NetAddress::Loopback(servercore::AddressFamily::IPv4, 0)));
        EXPECT_FALSE(clients_.Start());
        Connect(std::make_shared<Visitor>(
            clients_.Buffers(), Visitor::Plan{.name = "honest", .onGone = [this](Visitor&, const CloseInfo&) { honestIsGone_ = true; }}));
        EXPECT_TRUE(world_.bell.WaitUntil([&] { return server_.PlayersOnline() == 1; }));
    }

    ~HostilePackets() override {
        EXPECT_FALSE(honestIsGone_.load());
        EXPECT_TRUE(world_.bell.WaitUntil([&] { return server_.PlayersOnline() == 1; }));
        clients_.Stop();
        EXPECT_EQ(clients_.Wait(kPatience), servercore::WaitResult::Stopped);
        server_.Stop();
        EXPECT_TRUE(server_.GetLedger().IsBalanced()) << server_.GetLedger().ToString();
        EXPECT_EQ(server_.PlayersOnline(), 0U);
    }

    void Connect(std::shared_ptr<servercore::Session> session) {
        EXPECT_TRUE(clients_.Connect(server_.ListenAddress(), std::move(session)));
    }

    // One more session has ended, for this packet.
    void ExpectEndBy(const HostilePacket& packet) {
        ++ended_[static_cast<std::size_t>(packet.reason)];
        ASSERT_TRUE(world_.bell.WaitUntil([&] { return server_.GetLedger().closedBy == ended_; })) << server_.GetLedger().ToString();
    }

    World world_;
    GameServerConfig config_;
    GameServer server_;
    std::atomic<bool> honestIsGone_ = false;
    servercore::ClientService clients_;

private:
    decltype(servercore::Ledger::closedBy) ended_{};
};

TEST_F(HostilePackets, BeforeTheLoginEndTheSession) {
    for (const HostilePacket& packet : AllHostilePackets()) {
        SCOPED_TRACE(packet.name);
        Connect(std::make_shared<Stranger>(Encode(clients_.Buffers(), packet)));
        ASSERT_NO_FATAL_FAILURE(ExpectEndBy(packet));
    }
}

TEST_F(HostilePackets, InTheZoneEndTheSession) {
    for (const HostilePacket& packet : AllHostilePackets()) {
        SCOPED_TRACE(packet.name);
        Connect(
            std::make_shared<Visitor>(clients_.Buffers(), Visitor::Plan{.name = "mallory", .onEntered = [this, &packet](Visitor& visitor) {
                                                                            (void)visitor.Send(Encode(clients_.Buffers(), packet));
                                                                        }}));
        ASSERT_NO_FATAL_FAILURE(ExpectEndBy(packet));
    }
}

}  // namespace
}  // namespace game::test
