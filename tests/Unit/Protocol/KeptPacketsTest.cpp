#include "Protocol/KeptPackets.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace game::protocol {
namespace {

std::vector<PacketId> Kept(std::uint32_t first, std::uint32_t last) {
    std::vector<PacketId> kept;
    for (std::uint32_t id = first; id <= last; ++id) {
        if (IsKept(static_cast<std::uint16_t>(id))) {
            kept.push_back(static_cast<PacketId>(id));
        }
    }
    return kept;
}

// Not among them: what answers something of one connection, and what is soon out of date.
TEST(KeptPackets, AreThoseThatNothingElseMakesGoodFor) {
    const std::vector<PacketId> expected = {PacketId::S_ZoneEntered, PacketId::S_PlayersEntered, PacketId::S_PlayersLeft,
                                            PacketId::S_Chat,        PacketId::S_Announcement,   PacketId::S_PositionCorrected,
                                            PacketId::S_Whisper,     PacketId::S_WhisperResult};
    EXPECT_EQ(Kept(0x8000, 0xFFFF), expected);
}

TEST(KeptPackets, AreNoneOfTheClients) {
    EXPECT_TRUE(Kept(0, 0x7FFF).empty());
}

}  // namespace
}  // namespace game::protocol
