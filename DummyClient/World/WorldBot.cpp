#include "DummyClient/World/WorldBot.h"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "Protocol/Version.h"

namespace loadtest {

using servercore::CloseReason;
using servercore::MutexLock;
namespace protocol = game::protocol;

WorldBot::WorldBot(std::size_t number, Crowd& crowd, const servercore::Clock& clock)
    : number_(number),
      crowd_(crowd),
      clock_(clock),
      record_(crowd.records[number]),
      walk_(crowd.seed, number),
      chats_(number),
      whispers_(number, crowd.talkers) {}

// --- Connections -------------------------------------------------------------------------------------------------------

std::error_code WorldBot::Connect() {
    const auto session = std::make_shared<WorldBotSession>(*this, crowd_.connector.Buffers(), record_.traffic);
    {
        MutexLock lock(mutex_);
        session_ = session;
        if (Stage() != BotStage::Resuming) {
            record_.stage.store(BotStage::Connecting);
        }
    }
    const std::error_code error = crowd_.connector.Connect(session);
    if (error) {
        MutexLock lock(mutex_);
        session_.reset();
        record_.stage.store(BotStage::Gone);
    }
    return error;
}

void WorldBot::Reconnect() {
    std::shared_ptr<WorldBotSession> old;
    {
        MutexLock lock(mutex_);
        if (Stage() != BotStage::InZone) {
            return;
        }
        record_.stage.store(BotStage::Resuming);
        old = std::exchange(session_, nullptr);
        pingTimes_.Forget();
        chatTimes_.Forget();
        whisperTimes_.Forget();
    }
    old->Abort(CloseReason::LocalClose);
    if (Connect()) {
        ++crowd_.resumesFailed;
        CountDisconnect(CloseReason::ConnectFailed, false);
    }
}

void WorldBot::Leave() {
    std::shared_ptr<WorldBotSession> session;
    {
        MutexLock lock(mutex_);
        isLeaving_ = true;
        session = session_;
        if (session != nullptr && (Stage() == BotStage::InZone || Stage() == BotStage::Entering)) {
            (void)session->TrySend(protocol::C_Leave());
        }
    }
    if (session != nullptr) {
        session->Close(CloseReason::LocalClose);
    }
}

void WorldBot::OnConnected(WorldBotSession& session) {
    MutexLock lock(mutex_);
    if (&session != session_.get()) {
        return;
    }
    ++crowd_.board.connected;
    if (Stage() == BotStage::Connecting) {
        record_.stage.store(BotStage::Connected);
    }
    protocol::C_Hello message;
    message.set_protocol_version(protocol::kProtocolVersion);
    (void)session.TrySend(message);  // a connection that is gone reports itself
}

void WorldBot::OnPacket(WorldBotSession& session, const servercore::PacketView& packet) {
    MutexLock lock(mutex_);
    if (&session != session_.get()) {
        return;
    }
    resume_.Count(packet.id);
    const PacketVerdict verdict = protocol::DispatchServerPacket(packet, *this);
    if (verdict != PacketVerdict::Accepted) {
        crowd_.board.Report(fmt::format("the server sent a packet with id 0x{:04X} that is malformed or not allowed then ({})", packet.id,
                                        servercore::ToString(verdict)));
        session.Close(CloseReason::MalformedPacket);
    }
    Publish();
}

void WorldBot::OnGone(const WorldBotSession& session, const servercore::CloseInfo& info) {
    MutexLock lock(mutex_);
    const bool isPresent = &session == session_.get();
    CountDisconnect(info.reason, !isPresent || (isLeaving_ && info.reason == CloseReason::LocalClose));
    if (isPresent) {
        session_.reset();
        if (!isLeaving_) {
            CountFailedConnect(info.error);
        }
        record_.stage.store(isLeaving_ ? BotStage::Left : BotStage::Gone);
    }
}

void WorldBot::CountDisconnect(CloseReason reason, bool expected) {
    crowd_.board.CountDisconnect(reason, expected);
    crowd_.unexpectedDisconnects += expected ? 0U : 1U;
}

// It got no farther than to the entrance.
void WorldBot::CountFailedConnect(std::error_code error) {
    const BotStage stage = Stage();
    if (stage == BotStage::Connecting) {
        crowd_.board.NoteUnanswered(error);
    } else if (stage == BotStage::Connected || stage == BotStage::Resuming) {
        ++crowd_.board.connectsFailed;
    }
    if (stage == BotStage::Resuming) {
        ++crowd_.resumesFailed;
    }
}

// --- Playing -----------------------------------------------------------------------------------------------------------

bool WorldBot::TryMove() {
    MutexLock lock(mutex_);
    if (Stage() != BotStage::InZone) {
        return false;
    }
    const std::optional<Point> at = walk_.TryStep(clock_.Now());
    if (!at) {
        return false;
    }
    // Noted before it is sent: others may hear of it before TrySend returns.
    ++moveSequence_;
    record_.moves.Note(moveSequence_, *at);
    sight_.OnSent(moveSequence_, *at);
    ++counts_.movesSent;
    protocol::C_Move message;
    message.set_sequence(moveSequence_);
    message.set_x(at->x);
    message.set_y(at->y);
    return session_->TrySend(message);
}

bool WorldBot::TryChat(servercore::TimePoint intended) {
    MutexLock lock(mutex_);
    if (Stage() != BotStage::InZone) {
        return false;
    }
    ++chatSequence_;
    NoteSent(chatTimes_, chatSequence_, intended, clock_.Now());
    return TrySendChat(chatSequence_);
}

bool WorldBot::TryWhisper(servercore::TimePoint intended) {
    MutexLock lock(mutex_);
    if (Stage() != BotStage::InZone || crowd_.talkers < 2) {
        return false;
    }
    ++whisperSequence_;
    NoteSent(whisperTimes_, whisperSequence_, intended, clock_.Now());
    return TrySendWhisper(whisperSequence_);
}

bool WorldBot::TrySendChat(std::uint32_t sequence) {
    TextBuffer text;
    protocol::C_Chat message;
    message.set_sequence(sequence);
    message.set_text(std::string(ChatOf(number_, sequence, text)));
    return session_->TrySend(message);
}

bool WorldBot::TrySendWhisper(std::uint32_t sequence) {
    TextBuffer text;
    protocol::C_Whisper message;
    message.set_sequence(sequence);
    message.set_to(crowd_.names.NameOf(ListenerOf(number_, sequence, crowd_.talkers)));
    message.set_text(std::string(WhisperOf(number_, sequence, text)));
    return session_->TrySend(message);
}

void WorldBot::SendPing(servercore::TimePoint intended) {
    MutexLock lock(mutex_);
    if (Stage() != BotStage::InZone && Stage() != BotStage::Entering) {
        return;
    }
    const servercore::TimePoint now = clock_.Now();
    const auto number = static_cast<std::uint64_t>(now.time_since_epoch().count());
    NoteSent(pingTimes_, number, intended, now);
    protocol::C_Ping message;
    message.set_client_time(number);
    message.set_received(resume_.Received());
    (void)session_->TrySend(message);
}

void WorldBot::NoteSent(EchoTimes& times, std::uint64_t number, servercore::TimePoint intended, servercore::TimePoint now) {
    if (crowd_.board.isMeasuring.load(std::memory_order_relaxed)) {
        times.OnSent(number, {.intended = intended, .sent = now});
    }
}

void WorldBot::NoteAnswered(std::string_view kind, EchoTimes& times, std::uint64_t number) {
    if (const std::optional<SendTimes> sent = times.OnEcho(number)) {
        crowd_.board.latencies.Record(kind, number_, *sent, clock_.Now());
    }
}

void WorldBot::SwitchZone() {
    MutexLock lock(mutex_);
    if (Stage() != BotStage::InZone || zones_ < 2) {
        return;
    }
    record_.stage.store(BotStage::Entering);
    ++counts_.switches;
    (void)TryEnterZone(firstZone_ + (zone_ - firstZone_ + 1) % zones_);
}

bool WorldBot::TryEnterZone(std::uint32_t zone) {
    zone_ = zone;
    protocol::C_EnterZone message;
    message.set_zone_id(zone);
    return session_->TrySend(message);
}

// --- What the run wants to know ----------------------------------------------------------------------------------------

BotState WorldBot::State() const {
    MutexLock lock(mutex_);
    BotState state;
    state.hasEntered = hasEntered_;
    state.isInZone = Stage() == BotStage::InZone;
    state.isAnswered = IsAnsweredNow();
    state.playerId = playerId_;
    state.zone = zone_;
    state.lastChatNumber = chats_.LastNumber();
    state.at = sight_.OwnPosition();
    state.counts = CountsNow();
    return state;
}

bool WorldBot::IsAnswered() const {
    MutexLock lock(mutex_);
    return IsAnsweredNow() || Stage() == BotStage::Waiting || Stage() == BotStage::Left;
}

bool WorldBot::IsAnsweredNow() const {
    return Stage() == BotStage::InZone && sight_.IsAnswered() && chats_.LastEcho() == chatSequence_ &&
           whispers_.LastResult() == whisperSequence_;
}

BotCounts WorldBot::CountsNow() const {
    BotCounts counts = counts_;
    counts.playersEntered = sight_.Entered();
    counts.playersLeft = sight_.Left();
    counts.movesHeard = sight_.Heard();
    counts.movesMerged = sight_.Merged();
    counts.chatsSent = chatSequence_;
    counts.chatsReceived = chats_.Received();
    counts.chatsSkipped = chats_.Skipped();
    counts.chatsUnechoed = chats_.OwnSkipped() + (chatSequence_ > chats_.LastEcho() ? chatSequence_ - chats_.LastEcho() : 0);
    counts.whispersSent = whisperSequence_;
    counts.whispersReceived = whispers_.Received();
    counts.whispersUnanswered =
        whispers_.Skipped() + (whisperSequence_ > whispers_.LastResult() ? whisperSequence_ - whispers_.LastResult() : 0);
    counts.whispersRefused = whispers_.Refused();
    counts.keptPackets = resume_.Received();
    counts.errors += chats_.Errors();
    counts.errors += whispers_.Errors();
    counts.sight = sight_.Errors();
    return counts;
}

SightErrors WorldBot::CompareAtEnd(std::span<const Standing> botsInZone) const {
    MutexLock lock(mutex_);
    return sight_.CompareAtEnd(botsInZone);
}

// For the run to see. Relaxed: each value stands for itself.
void WorldBot::Publish() {
    record_.deliveries.store(chats_.Received() + sight_.Heard() + whispers_.Received(), std::memory_order_relaxed);
    record_.errors.store(counts_.errors.Sum() + chats_.Errors().Sum() + chats_.Skipped() + whispers_.Errors().Sum() + whispers_.Refused() +
                             sight_.Errors().Sum(),
                         std::memory_order_relaxed);
}

}  // namespace loadtest
