// What the server says, and what the bot answers.
#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "DummyClient/World/WorldBot.h"
#include "Protocol/Version.h"

namespace loadtest {

using servercore::CloseReason;
using servercore::PacketVerdict;
namespace protocol = game::protocol;

namespace {

// Otherwise it is not what a server may say then.
PacketVerdict AcceptIf(bool allowed) noexcept {
    return allowed ? PacketVerdict::Accepted : PacketVerdict::Refused;
}

// The connection may be gone by now; it reports itself.
PacketVerdict Sent(bool /*sent*/) noexcept {
    return PacketVerdict::Accepted;
}

bool IsInWorld(BotStage stage) noexcept {
    return stage == BotStage::InZone || stage == BotStage::Entering;
}

}  // namespace

PacketVerdict WorldBot::OnHello(const protocol::S_Hello& packet) {
    if (packet.protocol_version() != protocol::kProtocolVersion) {
        crowd_.board.Report(fmt::format("the server speaks protocol version {}, this client {}: use programs of the same release",
                                        packet.protocol_version(), protocol::kProtocolVersion));
        return PacketVerdict::Accepted;  // the server's notice follows
    }
    if (Stage() == BotStage::Resuming) {
        protocol::C_Resume message;
        message.set_resume_token(resume_.Token());
        message.set_received(resume_.Received());
        return Sent(session_->TrySend(message));
    }
    protocol::C_Login message;
    message.set_name(crowd_.names.NameOf(number_));
    return Sent(session_->TrySend(message));
}

PacketVerdict WorldBot::OnLoginResult(const protocol::S_LoginResult& packet) {
    if (Stage() != BotStage::Connected || playerId_ != 0) {
        return PacketVerdict::Refused;
    }
    if (packet.result() != protocol::LOGIN_OK) {
        crowd_.board.Report(
            fmt::format("the login of {} was refused: {}", crowd_.names.NameOf(number_), protocol::LoginResult_Name(packet.result())));
        session_->Close(CloseReason::LocalClose);
        return PacketVerdict::Accepted;
    }
    if (packet.player_id() == 0 || packet.zone_count() == 0 || packet.resume_token().empty()) {
        return PacketVerdict::Refused;
    }
    if (!crowd_.players.TryAdd(packet.player_id(), number_)) {
        crowd_.board.Report("the server gave one player id to two bots");
        ++counts_.errors.wrongRoster;
    }
    playerId_ = packet.player_id();
    sight_.SetOwnId(playerId_);
    resume_.Begin(packet.resume_token());
    firstZone_ = std::min(crowd_.zones.first, packet.zone_count());
    zones_ = packet.zone_count() - firstZone_ + 1;
    zones_ = crowd_.zones.count == 0 ? zones_ : std::min(crowd_.zones.count, zones_);
    return Sent(TryEnterZone(firstZone_ + static_cast<std::uint32_t>(number_ % zones_)));
}

PacketVerdict WorldBot::OnResumeResult(const protocol::S_ResumeResult& packet) {
    if (Stage() != BotStage::Resuming) {
        return PacketVerdict::Refused;
    }
    if (packet.result() != protocol::RESUME_OK) {
        crowd_.board.Report(fmt::format("a player could not be taken over again: {}", protocol::ResumeResult_Name(packet.result())));
        session_->Close(CloseReason::LocalClose);
        return PacketVerdict::Accepted;
    }
    if (packet.player_id() != playerId_ || packet.chat_sequence() > chatSequence_ || packet.chat_sequence() < chats_.LastEcho() ||
        packet.whisper_sequence() > whisperSequence_ || packet.whisper_sequence() < whispers_.LastResult()) {
        return PacketVerdict::Refused;
    }
    ++counts_.resumes;
    record_.stage.store(BotStage::InZone);
    sight_.OnResumed(packet.move_sequence());
    moveSequence_ = packet.move_sequence();
    walk_.PutAt(sight_.OwnPosition());
    bool sent = true;
    for (std::uint32_t sequence = packet.chat_sequence() + 1; sequence <= chatSequence_; ++sequence) {
        sent = sent && TrySendChat(sequence);
    }
    for (std::uint32_t sequence = packet.whisper_sequence() + 1; sequence <= whisperSequence_; ++sequence) {
        sent = sent && TrySendWhisper(sequence);
    }
    return Sent(sent);
}

PacketVerdict WorldBot::OnZoneEntered(const protocol::S_ZoneEntered& packet) {
    const bool isFirst = Stage() == BotStage::Connected && zone_ != 0;
    const Point at{.x = packet.x(), .y = packet.y()};
    if ((!isFirst && Stage() != BotStage::Entering) || packet.zone_id() != zone_ || packet.cell_size() == 0 ||
        packet.cell_size() > static_cast<std::uint32_t>(2 * protocol::kZoneExtent) || !protocol::IsInZone(at.x, at.y) ||
        packet.player_count() == 0) {
        return PacketVerdict::Refused;
    }
    crowd_.serverTickMs.store(packet.tick_ms());
    sight_.OnZoneEntered(at, static_cast<std::int32_t>(packet.cell_size()));
    chats_.OnZoneEntered(packet.chat_number());
    walk_.Start(at, packet.max_speed(), clock_.Now());
    hasEntered_ = true;
    record_.stage.store(BotStage::InZone);
    return PacketVerdict::Accepted;
}

PacketVerdict WorldBot::OnPlayersEntered(const protocol::S_PlayersEntered& packet) {
    for (const protocol::Player& player : packet.players()) {
        const std::optional<std::size_t> bot = BotOf(player.player_id(), player.name());
        sight_.OnEntered(player.player_id(), player.move_sequence(), {.x = player.x(), .y = player.y()}, !bot);
    }
    return AcceptIf(IsInWorld(Stage()));
}

PacketVerdict WorldBot::OnPlayersLeft(const protocol::S_PlayersLeft& packet) {
    for (const std::uint32_t id : packet.player_ids()) {
        sight_.OnLeft(id);
    }
    return AcceptIf(IsInWorld(Stage()));
}

PacketVerdict WorldBot::OnMoved(const protocol::S_Moved& packet) {
    const std::optional<std::size_t> bot = crowd_.players.Find(packet.player_id());
    // One that was put back may be told of with the sequence of a move that it did not make.
    const bool isComparable = bot && !crowd_.records[*bot].wasCorrected.load();
    sight_.OnMoved(packet.player_id(), packet.sequence(), {.x = packet.x(), .y = packet.y()},
                   isComparable ? &crowd_.records[*bot].moves : nullptr);
    return AcceptIf(IsInWorld(Stage()));
}

PacketVerdict WorldBot::OnPositionCorrected(const protocol::S_PositionCorrected& packet) {
    const Point at{.x = packet.x(), .y = packet.y()};
    record_.wasCorrected.store(true);
    ++counts_.corrections;
    sight_.OnCorrected(packet.sequence(), at);
    walk_.PutAt(at);
    return AcceptIf(IsInWorld(Stage()) && protocol::IsInZone(at.x, at.y));
}

PacketVerdict WorldBot::OnChat(const protocol::S_Chat& packet) {
    const std::optional<std::size_t> bot = BotOf(packet.player_id(), packet.name());
    chats_.OnChat(bot, packet.number(), packet.sequence(), packet.text());
    if (bot == number_) {
        NoteAnswered(kChatKind, chatTimes_, packet.sequence());
    }
    return AcceptIf(IsInWorld(Stage()));
}

PacketVerdict WorldBot::OnWhisper(const protocol::S_Whisper& packet) {
    if (const std::optional<std::size_t> bot = BotOf(packet.player_id(), packet.name())) {
        whispers_.OnWhisper(*bot, packet.sequence(), packet.text());
    }
    return PacketVerdict::Accepted;
}

PacketVerdict WorldBot::OnWhisperResult(const protocol::S_WhisperResult& packet) {
    NoteAnswered(kWhisperKind, whisperTimes_, packet.sequence());
    whispers_.OnResult(packet.sequence(), packet.result() == protocol::WHISPER_OK);
    return AcceptIf(packet.sequence() <= whisperSequence_);
}

PacketVerdict WorldBot::OnPong(const protocol::S_Pong& packet) {
    NoteAnswered(kPingKind, pingTimes_, packet.client_time());
    return PacketVerdict::Accepted;
}

PacketVerdict WorldBot::OnAnnouncement(const protocol::S_Announcement& packet) {
    crowd_.board.Report(fmt::format("the server announced: {}", packet.text()));
    return PacketVerdict::Accepted;
}

PacketVerdict WorldBot::OnDisconnectNotice(const protocol::S_DisconnectNotice& packet) {
    if (!isLeaving_) {
        crowd_.board.Report(fmt::format("the server ended a session: {}", packet.text()));
    }
    return PacketVerdict::Accepted;
}

std::optional<std::size_t> WorldBot::BotOf(std::uint32_t playerId, std::string_view name) {
    const std::optional<std::size_t> bot = crowd_.players.Find(playerId);
    if (bot != crowd_.names.BotNamed(name)) {
        ++counts_.errors.wrongRoster;
    }
    return bot;
}

}  // namespace loadtest
