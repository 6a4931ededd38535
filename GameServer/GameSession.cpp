#include "GameServer/GameSession.h"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "GameServer/Notice.h"
#include "GameServer/World/Zone.h"
#include "Protocol/TextRules.h"
#include "Protocol/Version.h"
#include "Protocol/ZoneRules.h"

namespace game {

using servercore::CloseReason;
using servercore::PacketVerdict;

namespace {

constexpr std::size_t kMaxRefusedLogins = 5;

// Answers do not wait for the tick.
constexpr servercore::SendOptions kAtOnce{.urgent = true};

constexpr std::string_view kReplacedByLogin = "somebody else has logged in with this name";

}  // namespace

GameSession::State GameSession::CurrentState() const noexcept {
    if (player_ == nullptr) {
        return isGreeted_ ? State::Login : State::Handshake;
    }
    switch (player_->Stage()) {
        case PlayerStage::Lobby: return State::Lobby;
        case PlayerStage::Entering: return State::Entering;
        case PlayerStage::InZone: return State::InZone;
        case PlayerStage::Left: break;
    }
    return State::Left;
}

void GameSession::OnPacket(const servercore::PacketView& packet) {
    const PacketVerdict verdict = protocol::DispatchClientPacket(packet, CurrentState(), *this);
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
    if (player_ == nullptr) {
        Close(reason);  // a stranger gets no answer
    } else if (offences_.IsTooMany(game_.clock.Now())) {
        CloseWithNotice(reason, isUnknown ? protocol::DISCONNECT_UNKNOWN_PACKET : protocol::DISCONNECT_MALFORMED_PACKET,
                        fmt::format("too many bad packets; the last had id 0x{:04X}: {}", packet.id, servercore::ToString(verdict)));
    }
}

void GameSession::OnDisconnected(const servercore::CloseInfo& info) {
    if (player_ == nullptr) {
        return;
    }
    game_.log.Debug("player {} ({}) is disconnected: {}", player_->Info().id, player_->Info().name, servercore::ToString(info.reason));
    if (player_->Detach(*this, game_.clock.Now(), game_.resumeTime > std::chrono::seconds::zero())) {
        game_.players.Remove(*player_);
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
    isGreeted_ = true;
    return PacketVerdict::Accepted;
}

PacketVerdict GameSession::OnLogin(const protocol::C_Login& packet) {
    const bool isValid = protocol::IsValidName(packet.name());
    if (isValid && !game_.isDraining.load()) {
        LogIn(packet.name());
        return PacketVerdict::Accepted;
    }
    protocol::S_LoginResult reply;
    reply.set_result(isValid ? protocol::LOGIN_SERVER_DRAINING : protocol::LOGIN_NAME_INVALID);
    Reply(reply);
    RefuseLogin();
    return PacketVerdict::Accepted;
}

// The player can be found before the client knows: what others have for it from then on comes behind the answer.
void GameSession::LogIn(const std::string& name) {
    const auto player =
        std::make_shared<Player>(PlayerInfo{.id = game_.players.NextId(), .name = name}, ResumeToken::Make(), game_.buffers);
    protocol::S_LoginResult reply;
    reply.set_result(protocol::LOGIN_OK);
    reply.set_player_id(player->Info().id);
    reply.set_resume_token(std::string(player->Token().Bytes()));
    reply.set_zone_count(static_cast<std::uint32_t>(game_.world.ZoneCount()));
    reply.set_resume_seconds(static_cast<std::uint32_t>(game_.resumeTime.count()));
    servercore::SendBufferRef answer = protocol::MakeSendBuffer(game_.buffers, reply);
    player_ = player;
    if (const std::shared_ptr<Player> former = game_.players.Add(player)) {
        former->Dismiss(MakeNotice(game_.buffers, protocol::DISCONNECT_REPLACED, kReplacedByLogin), CloseReason::Kicked);
    }
    if (!player->Attach(Self(), std::move(answer))) {
        CloseWithNotice(CloseReason::Kicked, protocol::DISCONNECT_REPLACED, kReplacedByLogin);
        return;
    }
    game_.log.Debug("player {} ({}) logged in from {}", player->Info().id, name, PeerAddress().ToString());
}

PacketVerdict GameSession::OnResume(const protocol::C_Resume& packet) {
    const std::optional<ResumeToken> token = ResumeToken::From(packet.resume_token());
    const std::shared_ptr<Player> player = token ? game_.players.WithToken(*token) : nullptr;
    protocol::S_ResumeResult reply;
    const auto makeAnswer = [&](const Player::Resumed& resumed) {
        reply.set_result(protocol::RESUME_OK);
        reply.set_player_id(player->Info().id);
        reply.set_move_sequence(resumed.taken.move);
        reply.set_chat_sequence(resumed.taken.chat);
        reply.set_whisper_sequence(resumed.taken.whisper);
        reply.set_zone_id(resumed.zone);
        return protocol::MakeSendBuffer(game_.buffers, reply);
    };
    const auto resumed = player == nullptr ? std::nullopt : player->Resume(Self(), packet.received(), makeAnswer);
    if (!resumed) {
        reply.set_result(protocol::RESUME_UNKNOWN);
        Reply(reply);
        RefuseLogin();
        return PacketVerdict::Accepted;
    }
    player_ = player;
    if (resumed->former != nullptr) {
        (void)resumed->former->Send(MakeNotice(game_.buffers, protocol::DISCONNECT_REPLACED, "this player goes on on another connection"));
        resumed->former->Close(CloseReason::Kicked);
    }
    game_.log.Debug("player {} ({}) is back, from {}", player->Info().id, player->Info().name, PeerAddress().ToString());
    return PacketVerdict::Accepted;
}

void GameSession::RefuseLogin() {
    if (++refusedLogins_ >= kMaxRefusedLogins) {
        CloseWithNotice(CloseReason::Kicked, protocol::DISCONNECT_TOO_MANY_LOGINS, "too many logins were refused");
    }
}

PacketVerdict GameSession::OnEnterZone(const protocol::C_EnterZone& packet) {
    std::shared_ptr<Zone> zone = game_.world.Find(packet.zone_id());
    return zone == nullptr ? PacketVerdict::Refused : VerdictOn(player_->Enter(*this, std::move(zone)));
}

PacketVerdict GameSession::OnMove(const protocol::C_Move& packet) {
    if (!protocol::IsInZone(packet.x(), packet.y())) {
        return PacketVerdict::Refused;
    }
    return VerdictOn(player_->Move(*this, packet.sequence(), {.x = packet.x(), .y = packet.y()}, game_.clock.Now()));
}

PacketVerdict GameSession::OnChat(const protocol::C_Chat& packet) {
    return protocol::IsValidChat(packet.text()) ? VerdictOn(player_->Chat(*this, packet.sequence(), packet.text()))
                                                : PacketVerdict::Refused;
}

PacketVerdict GameSession::OnWhisper(const protocol::C_Whisper& packet) {
    if (!protocol::IsValidName(packet.to()) || !protocol::IsValidChat(packet.text())) {
        return PacketVerdict::Refused;
    }
    if (const Outcome outcome = player_->TakeWhisper(*this, packet.sequence()); outcome != Outcome::Done) {
        return VerdictOn(outcome);
    }
    game_.whispers.fetch_add(1, std::memory_order_relaxed);
    const std::shared_ptr<Player> listener = game_.players.Named(packet.to());
    if (listener != nullptr) {
        protocol::S_Whisper whisper;
        whisper.set_player_id(player_->Info().id);
        whisper.set_name(player_->Info().name);
        whisper.set_sequence(packet.sequence());
        whisper.set_text(packet.text());
        listener->Deliver(protocol::MakeSendBuffer(game_.buffers, whisper), {});
    }
    protocol::S_WhisperResult reply;
    reply.set_sequence(packet.sequence());
    reply.set_result(listener != nullptr ? protocol::WHISPER_OK : protocol::WHISPER_NOT_ONLINE);
    player_->Deliver(protocol::MakeSendBuffer(game_.buffers, reply), {});
    return PacketVerdict::Accepted;
}

// The client closes now: then the connection's TIME_WAIT is not the server's.
PacketVerdict GameSession::OnLeave(const protocol::C_Leave& /*packet*/) {
    EndPlayer();
    return PacketVerdict::Accepted;
}

PacketVerdict GameSession::OnPing(const protocol::C_Ping& packet) {
    if (!player_->Acknowledge(*this, packet.received())) {
        return PacketVerdict::Refused;
    }
    protocol::S_Pong reply;
    reply.set_client_time(packet.client_time());
    Reply(reply);
    return PacketVerdict::Accepted;
}

// --- Helpers -----------------------------------------------------------------------------------------------------------

PacketVerdict GameSession::VerdictOn(Outcome outcome) {
    switch (outcome) {
        case Outcome::BadSequence: return PacketVerdict::Refused;
        case Outcome::Overloaded:
            player_->Dismiss(MakeOverloadNotice(game_.buffers), CloseReason::ResourceExhausted);
            game_.players.Remove(*player_);
            break;
        case Outcome::Done:
        case Outcome::Superseded: break;
    }
    return PacketVerdict::Accepted;
}

template <class Message>
void GameSession::Reply(const Message& message) {
    (void)Send(protocol::MakeSendBuffer(game_.buffers, message), kAtOnce);
}

// For good: the player cannot come back from this.
void GameSession::CloseWithNotice(CloseReason reason, protocol::DisconnectReason code, std::string_view text) {
    (void)Send(MakeNotice(game_.buffers, code, text));
    Close(reason);
    if (player_ != nullptr) {
        EndPlayer();
    }
    game_.log.Debug("session {} from {} is told to go: {}", Id().Value(), PeerAddress().ToString(), text);
}

void GameSession::EndPlayer() {
    if (player_->Leave(*this)) {
        game_.players.Remove(*player_);
    }
}

}  // namespace game
