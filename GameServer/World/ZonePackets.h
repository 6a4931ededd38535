#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "GameServer/World/PlayerInfo.h"
#include "GameServer/World/ZoneMembers.h"
#include "Protocol/Schema/Zone.pb.h"
#include "ServerCore/Buffer/SendBuffer.h"

namespace game {

using PacketList = std::vector<servercore::SendBufferRef>;

// What is the same for all who come into a zone in a tick.
struct ZoneGreeting {
    std::uint32_t playerCount = 0;
    std::uint32_t tickMs = 0;
    ZoneId zone = 0;
    std::uint32_t chatNumber = 0;
    std::uint32_t cellSize = 0;
    std::uint32_t maxSpeed = 0;
};

struct ChatLine {
    PlayerId player = 0;
    std::uint32_t sequence = 0;
    std::string_view text;
    std::string_view name;
    std::uint32_t number = 0;
};

// Turns what happened in a zone into packets; what does not fit into one packet is spread over several. The messages are kept, so that
// a busy zone allocates nothing but the send buffers.
// Owner: Zone.  Threads: confined to the zone's jobs.
class ZonePackets {
public:
    // `buffers` outlives it.
    explicit ZonePackets(servercore::SendBufferPool& buffers) noexcept : buffers_(buffers) {}

    [[nodiscard]] servercore::SendBufferRef ZoneEntered(const ZoneGreeting& greeting, Position position);
    [[nodiscard]] servercore::SendBufferRef Moved(const Member& member);
    [[nodiscard]] servercore::SendBufferRef PositionCorrected(const Member& member);
    [[nodiscard]] servercore::SendBufferRef Chat(const ChatLine& chat);

    void AddPlayersEntered(std::span<const Occupant> players, const ZoneMembers& members, PacketList& packets);
    void AddPlayersLeft(std::span<const PlayerId> players, PacketList& packets);

private:
    template <class Message>
    [[nodiscard]] servercore::SendBufferRef Encode(const Message& message);

    servercore::SendBufferPool& buffers_;
    protocol::S_PlayersEntered playersEntered_;
    protocol::S_PlayersLeft playersLeft_;
    protocol::S_Moved moved_;
    protocol::S_Chat chat_;
};

}  // namespace game
