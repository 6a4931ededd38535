#include "GameServer/World/ZonePackets.h"

#include <algorithm>
#include <cstddef>

#include "Protocol/Packets.gen.h"
#include "ServerCore/Base/Assert.h"

namespace game {

namespace {

// At the largest size an element can have these stay below the wire format's 65535 bytes: a player takes up to 130 bytes (a name of 24
// characters has up to 96), an id 5.
constexpr std::size_t kPlayersPerPacket = 450;
constexpr std::size_t kIdsPerPacket = 10000;

void Fill(protocol::Player& message, const Member& player) {
    message.set_player_id(player.info.id);
    message.set_name(player.info.name);
    message.set_x(player.position.x);
    message.set_y(player.position.y);
    message.set_move_sequence(player.moveSequence);
}

// Calls `emit` for consecutive pieces of at most `limit` elements.
template <class Element, class Emit>
void ForEachPiece(std::span<const Element> elements, std::size_t limit, Emit emit) {
    while (!elements.empty()) {
        const std::size_t count = std::min(elements.size(), limit);
        emit(elements.first(count));
        elements = elements.subspan(count);
    }
}

}  // namespace

template <class Message>
servercore::SendBufferRef ZonePackets::Encode(const Message& message) {
    servercore::SendBufferRef packet = protocol::MakeSendBuffer(buffers_, message);
    SC_VERIFY(packet);  // the limits above rule a packet out that is too large
    return packet;
}

servercore::SendBufferRef ZonePackets::ZoneEntered(const ZoneGreeting& greeting, Position position) {
    protocol::S_ZoneEntered message;
    message.set_player_count(greeting.playerCount);
    message.set_tick_ms(greeting.tickMs);
    message.set_zone_id(greeting.zone);
    message.set_x(position.x);
    message.set_y(position.y);
    message.set_chat_number(greeting.chatNumber);
    message.set_cell_size(greeting.cellSize);
    message.set_max_speed(greeting.maxSpeed);
    return Encode(message);
}

servercore::SendBufferRef ZonePackets::Moved(const Member& member) {
    moved_.set_player_id(member.info.id);
    moved_.set_sequence(member.moveSequence);
    moved_.set_x(member.position.x);
    moved_.set_y(member.position.y);
    return Encode(moved_);
}

servercore::SendBufferRef ZonePackets::PositionCorrected(const Member& member) {
    protocol::S_PositionCorrected message;
    message.set_sequence(member.heardSequence);
    message.set_x(member.position.x);
    message.set_y(member.position.y);
    return Encode(message);
}

servercore::SendBufferRef ZonePackets::Chat(const ChatLine& chat) {
    chat_.set_player_id(chat.player);
    chat_.set_sequence(chat.sequence);
    chat_.set_text(chat.text.data(), chat.text.size());
    chat_.set_name(chat.name.data(), chat.name.size());
    chat_.set_number(chat.number);
    return Encode(chat_);
}

void ZonePackets::AddPlayersEntered(std::span<const Occupant> players, const ZoneMembers& members, PacketList& packets) {
    ForEachPiece(players, kPlayersPerPacket, [&](std::span<const Occupant> piece) {
        playersEntered_.Clear();
        for (const Occupant& player : piece) {
            Fill(*playersEntered_.add_players(), members.At(player.slot));
        }
        packets.push_back(Encode(playersEntered_));
    });
}

void ZonePackets::AddPlayersLeft(std::span<const PlayerId> players, PacketList& packets) {
    ForEachPiece(players, kIdsPerPacket, [&](std::span<const PlayerId> piece) {
        playersLeft_.Clear();
        playersLeft_.mutable_player_ids()->Add(piece.begin(), piece.end());
        packets.push_back(Encode(playersLeft_));
    });
}

}  // namespace game
