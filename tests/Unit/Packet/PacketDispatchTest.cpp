#include "ServerCore/Packet/PacketDispatch.h"

#include <gtest/gtest.h>

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "ServerCore/Base/Bytes.h"
#include "ServerCore/Buffer/SendBuffer.h"
#include "tests/Unit/Packet/Probe.gen.h"

namespace servercore::test {
namespace {

using probe::SessionState;

// Writes down what reaches it.
class Recorder final : public probe::ClientPacketHandler {
public:
    PacketVerdict answer = PacketVerdict::Accepted;
    std::vector<std::string> calls;

private:
    PacketVerdict OnTree(const probe::C_Tree& packet) override {
        calls.push_back("tree " + packet.label());
        return answer;
    }
    PacketVerdict OnSmall(const probe::C_Small& packet) override {
        calls.push_back("small " + std::to_string(packet.number()));
        return answer;
    }
};

class Dispatch : public ::testing::Test {
protected:
    PacketVerdict Give(std::uint16_t id, const std::string& body, SessionState state = SessionState::Inside) {
        return probe::DispatchClientPacket({.id = id, .body = std::as_bytes(std::span(body))}, state, handler);
    }
    void ExpectUntouched(PacketVerdict expected, std::uint16_t id, const std::string& body, SessionState state = SessionState::Inside) {
        EXPECT_EQ(Give(id, body, state), expected) << ToString(expected);
        EXPECT_TRUE(handler.calls.empty());
    }

    Recorder handler;
};

std::string Label(const std::string& text) {
    return std::string("\x22") + static_cast<char>(text.size()) + text;
}

TEST_F(Dispatch, GivesAMessageToTheMethodOfItsId) {
    EXPECT_EQ(Give(1, Label("oak")), PacketVerdict::Accepted);
    EXPECT_EQ(Give(2, "\x08\x2A"), PacketVerdict::Accepted);
    EXPECT_EQ(handler.calls, (std::vector<std::string>{"tree oak", "small 42"}));
}

TEST_F(Dispatch, PassesOnWhatTheHandlerSays) {
    handler.answer = PacketVerdict::Refused;
    EXPECT_EQ(Give(1, ""), PacketVerdict::Refused);
    EXPECT_EQ(handler.calls.size(), 1U);
}

TEST_F(Dispatch, RefusesUnknownIds) {
    for (const std::uint16_t id : {std::uint16_t{0}, std::uint16_t{3}, std::uint16_t{0x8001}, std::uint16_t{0xFFFF}}) {
        ExpectUntouched(PacketVerdict::Unknown, id, "");
    }
}

TEST_F(Dispatch, RefusesWhatTheStateDoesNotAllow) {
    ExpectUntouched(PacketVerdict::WrongState, 1, Label("oak"), SessionState::Outside);
    EXPECT_EQ(Give(2, "", SessionState::Outside), PacketVerdict::Accepted);
}

TEST_F(Dispatch, RefusesMoreThanTheLargestSizeWithoutLookingAtTheBody) {
    EXPECT_EQ(Give(2, std::string("\x08\x80\x80\x00", 4)), PacketVerdict::Accepted);  // 8 bytes with the header
    handler.calls.clear();
    ExpectUntouched(PacketVerdict::TooLarge, 2, std::string(5, '\xFF'));
}

TEST_F(Dispatch, RefusesWhatDoesNotParse) {
    ExpectUntouched(PacketVerdict::Malformed, 2, "\x08");
    ExpectUntouched(PacketVerdict::Malformed, 1, Label("oak") + "\x22\x7F");
}

TEST_F(Dispatch, RefusesWhatWouldTakeTooMuchMemory) {
    std::string bomb;
    for (int i = 0; i < 30000; ++i) {
        bomb += std::string("\x1A\x00", 2);  // a leaf
    }
    ExpectUntouched(PacketVerdict::TooCostly, 1, bomb);
}

TEST(PacketTable, SaysWhatTheOptionsSay) {
    const PacketInfo& small = probe::PacketOf<probe::C_Small>::kInfo;
    EXPECT_EQ(small.id, 2);
    EXPECT_EQ(small.name, "C_Small");
    EXPECT_EQ(small.states, MaskOf(SessionState::Outside) | MaskOf(SessionState::Inside));
    EXPECT_EQ(small.maxBytes, 8U);
    EXPECT_EQ(probe::PacketOf<probe::C_Tree>::kInfo.maxBytes, kMaxPacketBytes);
    EXPECT_EQ(LargestPacket(probe::kClientPackets), kMaxPacketBytes);
    EXPECT_EQ(LargestPacket(probe::kServerPackets), 12U);
}

TEST(PacketTable, FeedsThePacketLimits) {
    const std::vector<PacketIdLimit> limits = PacketIdLimitsOf(probe::kClientPackets);

    ASSERT_EQ(limits.size(), 1U);  // the other one has neither rate nor cost
    EXPECT_EQ(limits[0].id, 2);
    EXPECT_EQ(limits[0].cost, 7U);
    EXPECT_EQ(limits[0].rate.perSecond, 3U);
    EXPECT_EQ(limits[0].rate.burst, 5U);
    EXPECT_TRUE(PacketLimits::Create({.packets = {}, .bytes = {}, .ids = limits}).has_value());
}

TEST(MakeSendBuffer, WritesHeaderAndMessageIntoOneBuffer) {
    SendBufferPool pool;
    probe::S_Where message;
    message.set_place("home");

    const SendBufferRef buffer = probe::MakeSendBuffer(pool, message);

    ASSERT_TRUE(buffer);
    const std::string expected = std::string("\x0A\x00\x01\x80\x0A\x04", 6) + "home";
    const std::string written(reinterpret_cast<const char*>(buffer->Bytes().data()), buffer->Size());
    EXPECT_EQ(written, expected);
    EXPECT_EQ(pool.Outstanding(), 1U);
}

TEST(MakeSendBuffer, RefusesMoreThanTheLargestSize) {
    SendBufferPool pool;
    probe::S_Where message;
    message.set_place("sixsix");
    EXPECT_TRUE(probe::MakeSendBuffer(pool, message));
    message.set_place("seven77");
    EXPECT_FALSE(probe::MakeSendBuffer(pool, message));
    EXPECT_EQ(pool.Outstanding(), 0U);
}

TEST(SendOptions, AreThoseOfTheMessagesClass) {
    constexpr SendOptions kOptions = probe::SendOptionsOf<probe::S_Where>(9);
    EXPECT_EQ(kOptions.packetClass, PacketClass::Latest);
    EXPECT_EQ(kOptions.key, 9U);
    EXPECT_EQ(probe::SendOptionsOf<probe::C_Tree>().packetClass, PacketClass::Reliable);
}

}  // namespace
}  // namespace servercore::test
