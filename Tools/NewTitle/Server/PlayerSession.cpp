// From packets to the room's jobs. Nothing here waits: a callback holds one of the service's workers.
#include "Server/PlayerSession.h"

#include <span>

#include "Protocol/Rules.h"
#include "ServerCore/Packet/Utf8.h"

namespace mytitle {

using servercore::CloseReason;
using servercore::PacketVerdict;

void PlayerSession::OnPacket(const servercore::PacketView& packet) {
    const PacketVerdict verdict = protocol::DispatchClientPacket(packet, state_, *this);
    if (verdict != PacketVerdict::Accepted) {
        log_.Debug("{} sent a packet with id 0x{:04X}: {}", PeerAddress().ToString(), packet.id, servercore::ToString(verdict));
        Close(verdict == PacketVerdict::Unknown ? CloseReason::UnknownPacket : CloseReason::MalformedPacket);
    }
}

void PlayerSession::OnDisconnected(const servercore::CloseInfo& info) {
    if (state_ == protocol::SessionState::InRoom) {
        room_.Leave(Id().Value());
    }
    log_.Debug("{} is gone: {}", PeerAddress().ToString(), servercore::ToString(info.reason));
}

PacketVerdict PlayerSession::OnHello(const protocol::C_Hello& packet) {
    if (packet.version() != protocol::kVersion) {
        Close(CloseReason::WrongProtocolVersion);
        return PacketVerdict::Accepted;
    }
    state_ = protocol::SessionState::InRoom;
    CloseUnlessQueued(room_.Enter(Id().Value(), std::static_pointer_cast<PlayerSession>(shared_from_this())));
    return PacketVerdict::Accepted;
}

PacketVerdict PlayerSession::OnSay(const protocol::C_Say& packet) {
    const std::string& text = packet.text();
    if (packet.line() != lines_ + 1 || text.empty() || text.size() > protocol::kMaxTextBytes ||
        !servercore::IsUtf8(std::as_bytes(std::span(text)))) {
        return PacketVerdict::Refused;
    }
    lines_ = packet.line();
    CloseUnlessQueued(room_.Say(Id().Value(), lines_, text));
    return PacketVerdict::Accepted;
}

void PlayerSession::CloseUnlessQueued(Room::PostResult result) {
    if (result != Room::PostResult::Queued) {
        Close(CloseReason::ResourceExhausted);  // the room has more to do than it can
    }
}

}  // namespace mytitle
