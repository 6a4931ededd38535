// That judging and parsing ordinary packets allocates nothing.
#include <gtest/gtest.h>

#include <new>
#include <span>
#include <string>

#include "tests/Memory/FailingAllocation.h"
#include "tests/Unit/Packet/Probe.gen.h"

namespace servercore::test {
namespace {

using probe::SessionState;

class Counter final : public probe::ClientPacketHandler {
public:
    int calls = 0;

private:
    PacketVerdict OnTree(const probe::C_Tree& /*packet*/) override { return Count(); }
    PacketVerdict OnSmall(const probe::C_Small& /*packet*/) override { return Count(); }
    PacketVerdict Count() noexcept {
        ++calls;
        return PacketVerdict::Accepted;
    }
};

// True: the first allocation, if there had been one, would have failed.
bool DispatchesWithoutAllocating(std::uint16_t id, const std::string& body, SessionState state, PacketVerdict expected) {
    Counter handler;
    PacketVerdict verdict{};
    FailingAllocation first(1);
    try {
        verdict = probe::DispatchClientPacket({.id = id, .body = std::as_bytes(std::span(body))}, state, handler);
    } catch (const std::bad_alloc&) {
        return false;
    }
    return !first.HasFailed() && verdict == expected && handler.calls == (expected == PacketVerdict::Accepted ? 1 : 0);
}

TEST(DispatchAllocation, DoesNotHappenForPacketsThatFitTheStack) {
    std::string body = "\x22\x05label";
    for (int i = 0; i < 10; ++i) {
        body += std::string("\x12\x02\x70\x01\x1A\x00\x42\x03\x01\x02\x03", 11);  // a tree, a leaf, three numbers
    }
    EXPECT_TRUE(DispatchesWithoutAllocating(1, body, SessionState::Inside, PacketVerdict::Accepted));
    EXPECT_TRUE(DispatchesWithoutAllocating(2, "\x08\x01", SessionState::Outside, PacketVerdict::Accepted));
}

TEST(DispatchAllocation, DoesNotHappenForWhatIsRefused) {
    EXPECT_TRUE(DispatchesWithoutAllocating(77, "?", SessionState::Inside, PacketVerdict::Unknown));
    EXPECT_TRUE(DispatchesWithoutAllocating(1, "", SessionState::Outside, PacketVerdict::WrongState));
    EXPECT_TRUE(DispatchesWithoutAllocating(2, "123456789", SessionState::Inside, PacketVerdict::TooLarge));
    EXPECT_TRUE(DispatchesWithoutAllocating(1, std::string(60000, '\x1A'), SessionState::Inside, PacketVerdict::Malformed));
    std::string bomb = "\x42\xE0\xD4\x03";  // 60,000 bytes of packed numbers
    bomb.append(60000, '\x01');
    EXPECT_TRUE(DispatchesWithoutAllocating(1, bomb, SessionState::Inside, PacketVerdict::TooCostly));
}

}  // namespace
}  // namespace servercore::test
