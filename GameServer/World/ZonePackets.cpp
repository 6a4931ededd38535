#include "GameServer/ZonePackets.h"

#include <algorithm>

#include "Protocol/Packets.gen.h"
#include "ServerCore/Base/Assert.h"

namespace game {

namespace {

// At the largest size an element can have these stay below the wire format's 65535 bytes: a player takes up to 135 bytes (a name of 24
// characters has up to 96), a move 26, an id 5.
constexpr std::size_t kPlayersPerPacket = 450;
constexpr std::size_t kMovesPerPacket = 2400;
constexpr std::size_t kIdsPerPacket = 10000;

void Fill(protocol::Player& message, const PlayerState& player) {
    message.set_player_id(player.info.id);
    message.set_name(player.info.name);
    message.set_x(player.position.x);
    message.set_y(player.position.y);
    message.set_move_sequence(player.moveSequence);
    message.set_chat_sequence(player.chatSequence);
}

void Fill(protocol::PlayerMove& message, const MoveUpdate& move) {
    message.set_player_id(move.player);
    message.set_sequence(move.sequence);
    message.set_x(move.position.x);
    message.set_y(move.position.y);
}

// Calls `emit(first, last)` for consecutive pieces of at most `limit` elements.
template <class Container, class Emit>
void ForEachPiece(const Container& elements, std::size_t limit, Emit emit) {
    for (std::size_t first = 0; first < elements.size(); first += limit) {
        emit(first, std::min(elements.size(), first + limit));
    }
}

}  // namespace

template <class Message>
void ZonePackets::Add(const Message& message, PacketList& packets) {
    servercore::SendBufferRef packet = protocol::MakeSendBuffer(buffers_, message);
    SC_VERIFY(packet);  // the limits above rule a packet out that is too large
    packets.push_back(std::move(packet));
}

void ZonePackets::AddZoneEntered(std::size_t playerCount, std::chrono::milliseconds tick, PacketList& packets) {
    protocol::S_ZoneEntered message;
    message.set_player_count(static_cast<std::uint32_t>(playerCount));
    message.set_tick_ms(static_cast<std::uint32_t>(tick.count()));
    Add(message, packets);
}

void ZonePackets::AddPlayersEntered(const std::vector<const PlayerState*>& players, PacketList& packets) {
    ForEachPiece(players, kPlayersPerPacket, [&](std::size_t first, std::size_t last) {
        protocol::S_PlayersEntered message;
        for (std::size_t i = first; i < last; ++i) {
            Fill(*message.add_players(), *players[i]);
        }
        Add(message, packets);
    });
}

void ZonePackets::AddPlayersLeft(const std::vector<PlayerId>& players, PacketList& packets) {
    ForEachPiece(players, kIdsPerPacket, [&](std::size_t first, std::size_t last) {
        protocol::S_PlayersLeft message;
        for (std::size_t i = first; i < last; ++i) {
            message.add_player_ids(players[i]);
        }
        Add(message, packets);
    });
}

void ZonePackets::AddMoves(const std::vector<MoveUpdate>& moves, PacketList& packets) {
    ForEachPiece(moves, kMovesPerPacket, [&](std::size_t first, std::size_t last) {
        moveBatch_.Clear();
        for (std::size_t i = first; i < last; ++i) {
            Fill(*moveBatch_.add_moves(), moves[i]);
        }
        Add(moveBatch_, packets);
    });
}

void ZonePackets::AddChat(const ChatUpdate& chat, PacketList& packets) {
    chat_.set_player_id(chat.player);
    chat_.set_sequence(chat.sequence);
    chat_.set_text(chat.text);
    Add(chat_, packets);
}

}  // namespace game
