// Rows 8, 9 and 10 of the attack catalogue: ids that are no packets', bodies that are no messages, and packets that the session's state
// does not allow, before and after the login.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "GameServer/GameServer.h"
#include "Protocol/Packets.gen.h"
#include "ServerCore/Net/ClientService.h"
#include "tests/Integration/Game/Visitor.h"
#include "tests/Support/TestServices.h"

namespace game::test {
namespace {

using protocol::PacketId;
using protocol::SessionState;
using servercore::CloseInfo;
using servercore::CloseReason;
using servercore::PacketVerdict;
using servercore::test::kPatience;
using servercore::test::PatientConfig;
using servercore::test::World;

struct HostilePacket {
    const char* name;
    std::uint16_t id;
    std::string body;
    PacketVerdict verdict;

    [[nodiscard]] CloseReason Reason() const noexcept {
        return verdict == PacketVerdict::Unknown ? CloseReason::UnknownPacket : CloseReason::MalformedPacket;
    }
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

// Each is sent in a state that allows its id, so that its body is what is judged.
std::vector<HostilePacket> HostilePacketsFor(PacketId allowed) {
    const std::uint16_t id = IdOf(allowed);
    return {
        {"IdZero", 0, "", PacketVerdict::Unknown},
        {"IdThatNobodyHas", 0x7777, "abc", PacketVerdict::Unknown},
        {"IdOfTheServers", IdOf(PacketId::S_Hello), "", PacketVerdict::Unknown},
        {"TruncatedVarint", id, "\x08\xFF\xFF", PacketVerdict::Malformed},
        {"VarintWithoutEnd", id, std::string(50, '\xFF'), PacketVerdict::Malformed},
        {"LengthBehindTheEnd", id,
         "\x7A\x7F"
         "Bob",
         PacketVerdict::Malformed},
        {"LengthOfTwoGigabytes", id, "\x7A\xFF\xFF\xFF\xFF\x07", PacketVerdict::Malformed},
        {"FieldZero", id, std::string(1, '\0') + "\x01", PacketVerdict::Malformed},
        {"WireTypeThatIsNone", id, "\x0F", PacketVerdict::Malformed},
        {"EndOfNoGroup", id, "\x7C", PacketVerdict::Malformed},
        {"NestedTooDeep", id, Nested(200), PacketVerdict::Malformed},
        {"NestedAndNeverClosed", id, Nested(200).substr(0, 200), PacketVerdict::Malformed},
        {"LargerThanItsMaximum", IdOf(PacketId::C_Ping), std::string(100, '\0'), PacketVerdict::TooLarge},
    };
}

servercore::SendBufferRef Encode(servercore::SendBufferPool& buffers, const HostilePacket& packet) {
    servercore::SendBufferRef buffer = buffers.Allocate(servercore::kPacketHeaderBytes + packet.body.size());
    servercore::WritePacket(buffer->Writable(), packet.id, std::as_bytes(std::span(packet.body)));
    return buffer;
}

// A game with an honest player in the zone, whom nothing of this may disturb.
class HostilePackets : public ::testing::Test {
protected:
    explicit HostilePackets(std::chrono::milliseconds tick = GameServerConfig().tick)
        : server_(*world_.network, ConfigWith(tick), world_.clock, world_.log),
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

    // One more visitor, who gets as far as `goal` and then does something, once.
    std::shared_ptr<Visitor> Visit(SessionState goal, std::function<void(Visitor&)> then) {
        auto visitor =
            std::make_shared<Visitor>(clients_.Buffers(), Visitor::Plan{.name = "mallory",
                                                                        .goal = goal,
                                                                        .onEntered = std::move(then),
                                                                        .onPong = [this](Visitor&) { Add(pongs_); },
                                                                        .onGone = [this](Visitor&, const CloseInfo&) { Add(gone_); }});
        Connect(visitor);
        ++visitors_;
        return visitor;
    }

    // The visitors so far have ended on both sides; of those, so many more for this packet.
    void AwaitEnd() {
        ASSERT_TRUE(world_.bell.WaitUntil([&] { return gone_.load() == visitors_ && server_.GetLedger().sessionsClosed == visitors_; }))
            << server_.GetLedger().ToString();
        ASSERT_TRUE(world_.bell.WaitUntil([&] { return server_.PlayersOnline() == 1; }));
    }
    [[nodiscard]] std::uint64_t ClosedFor(CloseReason reason) const {
        return server_.GetLedger().closedBy[static_cast<std::size_t>(reason)];
    }
    [[nodiscard]] std::uint64_t Offences(PacketVerdict verdict) const { return server_.GetOffences().Of(verdict); }

    void Add(std::atomic<std::uint64_t>& count) {
        ++count;
        world_.bell.Ring();
    }

    // Who is gone does not come back.
    static GameServerConfig ConfigWith(std::chrono::milliseconds tick) {
        GameServerConfig config;
        config.tick = tick;
        config.resumeTime = std::chrono::seconds(0);
        return config;
    }

    // In this state a visitor sends each of the ids there are, once.
    void SendEveryIdIn(SessionState state) {
        std::vector<std::uint16_t> ids;
        for (const servercore::PacketInfo& info : protocol::kClientPackets) {
            ids.push_back(info.id);
        }
        for (const servercore::PacketInfo& info : protocol::kServerPackets) {
            ids.push_back(info.id);
        }
        for (const std::uint16_t id : ids) {
            SCOPED_TRACE(::testing::Message() << "state " << static_cast<int>(state) << ", id " << id);
            const std::size_t place = servercore::FindPacket(protocol::kClientPackets, id);
            if (place == protocol::kClientPackets.size()) {
                ++unknown_;
            } else if ((protocol::kClientPackets[place].states & servercore::MaskOf(static_cast<std::size_t>(state))) == 0) {
                ++wrongState_;
            }

            Visit(state, [&](Visitor& self) {
                (void)self.Send(Encode(clients_.Buffers(), {.name = "", .id = id, .body = "", .verdict = PacketVerdict::Accepted}));
                self.Close();  // after it: what was sent is judged first
            });

            ASSERT_NO_FATAL_FAILURE(AwaitEnd());
            ASSERT_EQ(Offences(PacketVerdict::Unknown), unknown_);
            ASSERT_EQ(Offences(PacketVerdict::WrongState), wrongState_);
        }
    }

    World world_;
    GameServer server_;
    std::uint64_t unknown_ = 0;
    std::uint64_t wrongState_ = 0;
    std::atomic<bool> honestIsGone_ = false;
    std::atomic<std::uint64_t> pongs_ = 0;
    std::atomic<std::uint64_t> gone_ = 0;
    std::uint64_t visitors_ = 0;
    servercore::ClientService clients_;
};

TEST_F(HostilePackets, BeforeTheLoginEndTheSessionAtOnceWithoutAnAnswer) {
    for (const HostilePacket& packet : HostilePacketsFor(PacketId::C_Login)) {
        if (packet.verdict == PacketVerdict::TooLarge) {
            continue;  // a ping is not allowed before the login, whatever its size
        }
        SCOPED_TRACE(packet.name);
        const std::uint64_t closed = ClosedFor(packet.Reason());
        const std::uint64_t offences = Offences(packet.verdict);

        const auto visitor = Visit(SessionState::Login, [&](Visitor& self) { (void)self.Send(Encode(clients_.Buffers(), packet)); });

        ASSERT_NO_FATAL_FAILURE(AwaitEnd());
        EXPECT_EQ(ClosedFor(packet.Reason()), closed + 1);
        EXPECT_EQ(Offences(packet.verdict), offences + 1);
        EXPECT_TRUE(visitor->Notices().empty());
    }
}

TEST_F(HostilePackets, AfterTheLoginAreCountedAndTheThirdWithinAMinuteEndsTheSession) {
    for (const HostilePacket& packet : HostilePacketsFor(PacketId::C_Chat)) {
        SCOPED_TRACE(packet.name);
        const std::uint64_t closed = ClosedFor(packet.Reason());
        const std::uint64_t offences = Offences(packet.verdict);
        const std::uint64_t pongs = pongs_.load();
        const auto send = [&](Visitor& self) { (void)self.Send(Encode(clients_.Buffers(), packet)); };

        const auto visitor = Visit(SessionState::InZone, [&](Visitor& self) {
            send(self);
            send(self);
            self.Say(protocol::C_Ping{});
        });

        ASSERT_TRUE(world_.bell.WaitUntil([&] { return pongs_.load() == pongs + 1; }));  // it lives
        EXPECT_EQ(Offences(packet.verdict), offences + 2);
        send(*visitor);
        ASSERT_NO_FATAL_FAILURE(AwaitEnd());
        EXPECT_EQ(ClosedFor(packet.Reason()), closed + 1);
        EXPECT_EQ(Offences(packet.verdict), offences + 3);
        EXPECT_EQ(visitor->Notices().size(), 1U);
    }
}

// The table says which packet is allowed where; nothing else gets to a handler, and everything else does.
TEST_F(HostilePackets, EveryIdIsTakenInTheStatesOfItsOptionAndInNoOther) {
    for (std::size_t state = 0; state < protocol::kSessionStateCount; ++state) {
        if (static_cast<SessionState>(state) != SessionState::Entering) {
            ASSERT_NO_FATAL_FAILURE(SendEveryIdIn(static_cast<SessionState>(state)));
        }
    }
    EXPECT_GT(wrongState_, 0U);
    EXPECT_EQ(Offences(PacketVerdict::Malformed), 0U);
}

// Nobody gets into a zone during the test.
class HostilePacketsOnTheWayIn : public HostilePackets {
protected:
    HostilePacketsOnTheWayIn() : HostilePackets(std::chrono::seconds(10)) {}
};

TEST_F(HostilePacketsOnTheWayIn, EveryIdIsTakenInTheStatesOfItsOptionAndInNoOther) {
    ASSERT_NO_FATAL_FAILURE(SendEveryIdIn(SessionState::Entering));
    EXPECT_GT(wrongState_, 0U);
    EXPECT_EQ(Offences(PacketVerdict::Malformed), 0U);
}

}  // namespace
}  // namespace game::test
