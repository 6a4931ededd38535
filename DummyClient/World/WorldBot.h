#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>

#include "DummyClient/World/BotState.h"
#include "DummyClient/World/ChatCheck.h"
#include "DummyClient/World/Crowd.h"
#include "DummyClient/World/EchoTimes.h"
#include "DummyClient/World/ResumeState.h"
#include "DummyClient/World/SightCheck.h"
#include "DummyClient/World/Walk.h"
#include "DummyClient/World/WhisperCheck.h"
#include "DummyClient/World/WorldBotSession.h"
#include "Protocol/Packets.gen.h"
#include "ServerCore/Base/Clock.h"
#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Base/ThreadAnnotations.h"

namespace loadtest {

// One player, on one connection after another: logs in, enters a zone, and from then on does what it is told to and checks everything that
// arrives.
// Owner: WorldPopulation; outlives its sessions.  Threads: safe from any. Its lock is held while it sends, so that what it has noted as
// sent is what the server gets, in this order.
class WorldBot final : private game::protocol::ServerPacketHandler {
public:
    // `crowd` and `clock` outlive it.
    WorldBot(std::size_t number, Crowd& crowd, const servercore::Clock& clock);
    WorldBot(const WorldBot&) = delete;
    WorldBot& operator=(const WorldBot&) = delete;

    // Begins to connect; its stage tells what became of it. Fails at once as Connector::Connect does.
    [[nodiscard]] std::error_code Connect() SC_EXCLUDES(mutex_);

    // False: not sent, because the bot is not in a zone just now, or has moved a moment ago.
    // `intended`: when the schedule wanted it sent.
    [[nodiscard]] bool TryMove() SC_EXCLUDES(mutex_);
    [[nodiscard]] bool TryChat(servercore::TimePoint intended) SC_EXCLUDES(mutex_);
    [[nodiscard]] bool TryWhisper(servercore::TimePoint intended) SC_EXCLUDES(mutex_);
    void SendPing(servercore::TimePoint intended) SC_EXCLUDES(mutex_);
    // Goes to the next zone in use, if it is in one and there is another.
    void SwitchZone() SC_EXCLUDES(mutex_);
    // Resets its connection and takes its player over on another, if it is in a zone.
    void Reconnect() SC_EXCLUDES(mutex_);
    // Says farewell if it is in a zone, and closes gracefully.
    void Leave() SC_EXCLUDES(mutex_);

    [[nodiscard]] BotState State() const SC_EXCLUDES(mutex_);
    [[nodiscard]] bool IsAnswered() const SC_EXCLUDES(mutex_);
    // Everybody stands still: see SightCheck.
    [[nodiscard]] SightErrors CompareAtEnd(std::span<const Standing> botsInZone) const SC_EXCLUDES(mutex_);

    // For its sessions; those of an earlier connection change nothing.
    void OnConnected(WorldBotSession& session) SC_EXCLUDES(mutex_);
    void OnPacket(WorldBotSession& session, const servercore::PacketView& packet) SC_EXCLUDES(mutex_);
    void OnGone(const WorldBotSession& session, const servercore::CloseInfo& info) SC_EXCLUDES(mutex_);

private:
    using PacketVerdict = servercore::PacketVerdict;

    // BotPackets.cpp
    PacketVerdict OnHello(const game::protocol::S_Hello& packet) override SC_REQUIRES(mutex_);
    PacketVerdict OnLoginResult(const game::protocol::S_LoginResult& packet) override SC_REQUIRES(mutex_);
    PacketVerdict OnResumeResult(const game::protocol::S_ResumeResult& packet) override SC_REQUIRES(mutex_);
    PacketVerdict OnZoneEntered(const game::protocol::S_ZoneEntered& packet) override SC_REQUIRES(mutex_);
    PacketVerdict OnPlayersEntered(const game::protocol::S_PlayersEntered& packet) override SC_REQUIRES(mutex_);
    PacketVerdict OnPlayersLeft(const game::protocol::S_PlayersLeft& packet) override SC_REQUIRES(mutex_);
    PacketVerdict OnMoved(const game::protocol::S_Moved& packet) override SC_REQUIRES(mutex_);
    PacketVerdict OnPositionCorrected(const game::protocol::S_PositionCorrected& packet) override SC_REQUIRES(mutex_);
    PacketVerdict OnChat(const game::protocol::S_Chat& packet) override SC_REQUIRES(mutex_);
    PacketVerdict OnWhisper(const game::protocol::S_Whisper& packet) override SC_REQUIRES(mutex_);
    PacketVerdict OnWhisperResult(const game::protocol::S_WhisperResult& packet) override SC_REQUIRES(mutex_);
    PacketVerdict OnPong(const game::protocol::S_Pong& packet) override SC_REQUIRES(mutex_);
    PacketVerdict OnAnnouncement(const game::protocol::S_Announcement& packet) override SC_REQUIRES(mutex_);
    PacketVerdict OnDisconnectNotice(const game::protocol::S_DisconnectNotice& packet) override SC_REQUIRES(mutex_);

    [[nodiscard]] bool TryEnterZone(std::uint32_t zone) SC_REQUIRES(mutex_);
    [[nodiscard]] bool TrySendChat(std::uint32_t sequence) SC_REQUIRES(mutex_);
    [[nodiscard]] bool TrySendWhisper(std::uint32_t sequence) SC_REQUIRES(mutex_);
    // The bot that a packet is about; nothing: a stranger, or the names do not agree, which counts.
    [[nodiscard]] std::optional<std::size_t> BotOf(std::uint32_t playerId, std::string_view name) SC_REQUIRES(mutex_);
    [[nodiscard]] bool IsAnsweredNow() const SC_REQUIRES(mutex_);
    [[nodiscard]] BotCounts CountsNow() const SC_REQUIRES(mutex_);
    // A message of the schedule goes out now, or its answer has come now.
    void NoteSent(EchoTimes& times, std::uint64_t number, servercore::TimePoint intended, servercore::TimePoint now) SC_REQUIRES(mutex_);
    void NoteAnswered(std::string_view kind, EchoTimes& times, std::uint64_t number) SC_REQUIRES(mutex_);
    void CountDisconnect(servercore::CloseReason reason, bool expected);
    void CountFailedConnect(std::error_code error) SC_REQUIRES(mutex_);
    void Publish() SC_REQUIRES(mutex_);
    [[nodiscard]] BotStage Stage() const noexcept { return record_.stage.load(); }

    const std::size_t number_;
    Crowd& crowd_;
    const servercore::Clock& clock_;
    BotRecord& record_;  // its stage is written under the lock

    mutable servercore::Mutex mutex_;
    std::shared_ptr<WorldBotSession> session_ SC_GUARDED_BY(mutex_);  // the present one
    bool hasEntered_ SC_GUARDED_BY(mutex_) = false;
    bool isLeaving_ SC_GUARDED_BY(mutex_) = false;

    std::uint32_t playerId_ SC_GUARDED_BY(mutex_) = 0;
    std::uint32_t firstZone_ SC_GUARDED_BY(mutex_) = 0;  // in use
    std::uint32_t zones_ SC_GUARDED_BY(mutex_) = 0;      // likewise, from the first on
    std::uint32_t zone_ SC_GUARDED_BY(mutex_) = 0;       // where it is, or is going to
    ResumeState resume_ SC_GUARDED_BY(mutex_);

    Walk walk_ SC_GUARDED_BY(mutex_);
    std::uint32_t moveSequence_ SC_GUARDED_BY(mutex_) = 0;
    std::uint32_t chatSequence_ SC_GUARDED_BY(mutex_) = 0;
    std::uint32_t whisperSequence_ SC_GUARDED_BY(mutex_) = 0;
    EchoTimes pingTimes_ SC_GUARDED_BY(mutex_);
    EchoTimes chatTimes_ SC_GUARDED_BY(mutex_);
    EchoTimes whisperTimes_ SC_GUARDED_BY(mutex_);
    SightCheck sight_ SC_GUARDED_BY(mutex_);
    ChatCheck chats_ SC_GUARDED_BY(mutex_);
    WhisperCheck whispers_ SC_GUARDED_BY(mutex_);
    BotCounts counts_ SC_GUARDED_BY(mutex_);  // but for what the checks count
};

}  // namespace loadtest
