#include "GameServer/GameSession.h"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "GameServer/PlayerDirectory.h"
#include "GameServer/Zone.h"
#include "Protocol/TextRules.h"
#include "Protocol/Version.h"

namespace game {

using servercore::CloseReason;
using servercore::PacketVerdict;

namespace {

constexpr std::size_t kMaxRefusedLogins = 5;

bool IsInZone(Position position) noexcept {
    return position.x >= -kZoneExtent && position.x <= kZoneExtent && position.y >= -kZoneExtent && position.y <= kZoneExtent;
}

}  // namespace

void GameSession::OnPacket(const servercore::PacketView& packet) {
    const PacketVerdict verdict = protocol::DispatchClientPacket(packet, state_, *this);
    if (verdict != PacketVerdict::Accepted) {
        OnOffence(packet, verdict);
    }
}

void GameSession::OnOffence(const servercore::PacketView& packet, PacketVerdict verdict) {
    game_.offences.Count(verdict);
    if (verdict == PacketVerdict::Refused) {
        CloseWithNotice(CloseReason::MalformedPacket, protocol::DISCONNECT_MALFORMED_PACKET,
                        fmt::format("the packet with id 0x{:04X} breaks a rule", packet.id));
        return;
    }
    const bool isUnknown = verdict == PacketVerdict::Unknown;
    const CloseReason reason = isUnknown ? CloseReason::UnknownPacket : CloseReason::MalformedPacket;
    if (player_.id == 0) {
        Close(reason);  // a stranger gets no answer
    } else if (offences_.IsTooMany(game_.clock.Now())) {
        CloseWithNotice(reason, isUnknown ? protocol::DISCONNECT_UNKNOWN_PACKET : protocol::DISCONNECT_MALFORMED_PACKET,
                        fmt::format("too many bad packets; the last had id 0x{:04X}: {}", packet.id, servercore::ToString(verdict)));
    }
}

void GameSession::OnDisconnected(const servercore::CloseInfo& info) {
    if (state_ == State::InZone) {
        game_.zone.Leave(player_.id);
    }
    if (player_.id != 0) {
        game_.players.LogOut(player_.name);
        game_.log.Debug("player {} ({}) is gone: {}", player_.id, player_.name, servercore::ToString(info.reason));
    }
}

// --- Packets -----------------------------------------------------------------------------------------------------------

PacketVerdict GameSession::OnHello(const protocol::C_Hello& packet) {
    protocol::S_Hello reply;
    reply.set_protocol_version(protocol::kProtocolVersion);
    Reply(reply);
    if (packet.protocol_version() != protocol::kProtocolVersion) {
        CloseWithNotice(
            CloseReason::WrongProtocolVersion, protocol::DISCONNECT_WRONG_PROTOCOL_VERSION,
            fmt::format("this server speaks protocol version {}, you speak {}", protocol::kProtocolVersion, packet.protocol_version()));
        return PacketVerdict::Accepted;
    }
    state_ = State::Login;
    return PacketVerdict::Accepted;
}

PacketVerdict GameSession::OnLogin(const protocol::C_Login& packet) {
    protocol::S_LoginResult reply;
    reply.set_result(TryLogIn(packet.name()));
    reply.set_player_id(player_.id);
    Reply(reply);
    if (reply.result() == protocol::LOGIN_OK) {
        state_ = State::Lobby;
    } else if (++refusedLogins_ >= kMaxRefusedLogins) {
        CloseWithNotice(CloseReason::Kicked, protocol::DISCONNECT_TOO_MANY_LOGINS, "too many logins were refused");
    }
    return PacketVerdict::Accepted;
}

protocol::LoginResult GameSession::TryLogIn(const std::string& name) {
    if (!protocol::IsValidName(name)) {
        return protocol::LOGIN_NAME_INVALID;
    }
    player_.name = name;  // first: what may fail comes before the name is taken
    const std::optional<PlayerId> id = game_.players.TryLogIn(name, WeakChannel());
    if (!id) {
        return protocol::LOGIN_NAME_TAKEN;
    }
    player_.id = *id;
    game_.log.Debug("player {} ({}) logged in from {}", player_.id, player_.name, PeerAddress().ToString());
    return protocol::LOGIN_OK;
}

PacketVerdict GameSession::OnEnterZone(const protocol::C_EnterZone& /*packet*/) {
    state_ = State::InZone;
    return CloseUnlessQueued(game_.zone.Enter(player_, WeakChannel()) == Zone::PostResult::Queued);
}

PacketVerdict GameSession::OnMove(const protocol::C_Move& packet) {
    const Position position{.x = packet.x(), .y = packet.y()};
    if (packet.sequence() != moveSequence_ + 1 || !IsInZone(position)) {
        return PacketVerdict::Refused;
    }
    moveSequence_ = packet.sequence();
    return CloseUnlessQueued(game_.zone.Move(player_.id, moveSequence_, position) == Zone::PostResult::Queued);
}

PacketVerdict GameSession::OnChat(const protocol::C_Chat& packet) {
    if (packet.sequence() != chatSequence_ + 1 || !protocol::IsValidChat(packet.text())) {
        return PacketVerdict::Refused;
    }
    chatSequence_ = packet.sequence();
    return CloseUnlessQueued(game_.zone.Chat(player_.id, chatSequence_, packet.text()) == Zone::PostResult::Queued);
}

PacketVerdict GameSession::OnLeave(const protocol::C_Leave& /*packet*/) {
    state_ = State::Left;  // the client closes now: then the connection's TIME_WAIT is not the server's
    game_.zone.Leave(player_.id);
    return PacketVerdict::Accepted;
}

PacketVerdict GameSession::OnPing(const protocol::C_Ping& packet) {
    protocol::S_Pong reply;
    reply.set_client_time(packet.client_time());
    Reply(reply);
    return PacketVerdict::Accepted;
}

// --- Helpers -----------------------------------------------------------------------------------------------------------

template <class Message>
void GameSession::Reply(const Message& message) {
    (void)Send(protocol::MakeSendBuffer(game_.buffers, message), protocol::SendOptionsOf<Message>());
}

void GameSession::CloseWithNotice(CloseReason reason, protocol::DisconnectReason code, std::string_view text) {
    protocol::S_DisconnectNotice notice;
    notice.set_reason(code);
    notice.set_text(text.data(), text.size());
    Reply(notice);
    Close(reason);
    game_.log.Debug("session {} from {} is told to go: {}", Id().Value(), PeerAddress().ToString(), text);
}

PacketVerdict GameSession::CloseUnlessQueued(bool queued) {
    if (!queued) {
        CloseWithNotice(CloseReason::ResourceExhausted, protocol::DISCONNECT_SERVER_OVERLOADED, "the zone has more to do than it can");
    }
    game_.brake.Apply(*this);
    return PacketVerdict::Accepted;
}

std::weak_ptr<PlayerChannel> GameSession::WeakChannel() {
    return std::static_pointer_cast<GameSession>(shared_from_this());
}

}  // namespace game
