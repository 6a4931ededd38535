#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "GameServer/Player.h"
#include "Protocol/Schema/Zone.pb.h"
#include "ServerCore/Buffer/SendBuffer.h"

namespace game {

// A player as the others have been told.
struct PlayerState {
    PlayerInfo info;
    Position position;
    std::uint32_t moveSequence = 0;
    std::uint32_t chatSequence = 0;
};

struct MoveUpdate {
    PlayerId player = 0;
    std::uint32_t sequence = 0;
    Position position;
};

struct ChatUpdate {
    PlayerId player = 0;
    std::uint32_t sequence = 0;
    std::string text;
};

using PacketList = std::vector<servercore::SendBufferRef>;

// Turns what happened in a zone into packets; what does not fit into one packet is spread over several. The messages are kept, so that
// a busy zone allocates nothing but the send buffers.
// Owner: Zone.  Threads: confined to the zone's jobs.
class ZonePackets {
public:
    explicit ZonePackets(servercore::SendBufferPool& buffers) noexcept : buffers_(buffers) {}

    void AddZoneEntered(std::size_t playerCount, std::chrono::milliseconds tick, PacketList& packets);
    void AddPlayersEntered(const std::vector<const PlayerState*>& players, PacketList& packets);
    void AddPlayersLeft(const std::vector<PlayerId>& players, PacketList& packets);
    void AddMoves(const std::vector<MoveUpdate>& moves, PacketList& packets);
    void AddChat(const ChatUpdate& chat, PacketList& packets);

private:
    template <class Message>
    void Add(const Message& message, PacketList& packets);

    servercore::SendBufferPool& buffers_;
    protocol::S_MoveBatch moveBatch_;
    protocol::S_Chat chat_;
};

}  // namespace game
