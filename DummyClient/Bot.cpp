#include "DummyClient/Bot.h"

#include <string>
#include <utility>

#include <fmt/format.h>

namespace loadtest {

using servercore::CloseReason;
using servercore::MutexLock;
namespace protocol = game::protocol;

Bot::Bot(std::size_t number, Crowd& crowd, servercore::ClientService& service, const servercore::Clock& clock)
    : number_(number),
      crowd_(crowd),
      service_(service),
      clock_(clock),
      record_(crowd.records[number]),
      walk_(number),
      chats_(number),
      whispers_(number, crowd.Size()) {}

// --- Connections -------------------------------------------------------------------------------------------------------

std::error_code Bot::Connect(const servercore::NetAddress& server) {
    const auto session = std::make_shared<BotSession>(*this, service_.Buffers(), record_.traffic);
    ++crowd_.connects;
    {
        MutexLock lock(mutex_);
        server_ = server;
        session_ = session;
        if (Stage() != BotStage::Resuming) {
            record_.stage.store(BotStage::Connecting);
        }
    }
    const servercore::Result<servercore::SessionId> id = service_.Connect(server, session);
    if (!id) {
        MutexLock lock(mutex_);
        session_.reset();
        CountFailedConnect();
        record_.stage.store(BotStage::Gone);
    }
    return id.error();
}

void Bot::Reconnect() {
    std::shared_ptr<BotSession> old;
    servercore::NetAddress server;
    {
        MutexLock lock(mutex_);
        if (Stage() != BotStage::InZone) {
            return;
        }
        record_.stage.store(BotStage::Resuming);
        old = std::exchange(session_, nullptr);
        server = server_;
        pingTimes_.Forget();
        chatTimes_.Forget();
        whisperTimes_.Forget();
    }
    old->Abort(CloseReason::LocalClose);
    if (const std::error_code error = Connect(server)) {
        crowd_.Report(fmt::format("no socket to resume with: {}", error.message()));
        crowd_.CountDisconnect(CloseReason::ConnectFailed, false);
    }
}

void Bot::Leave() {
    std::shared_ptr<BotSession> session;
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

void Bot::OnConnected(BotSession& session) {
    MutexLock lock(mutex_);
    if (&session != session_.get()) {
        return;
    }
    if (Stage() == BotStage::Connecting) {
        record_.stage.store(BotStage::Connected);
    }
    protocol::C_Hello message;
    message.set_protocol_version(crowd_.protocolVersion);
    (void)session.TrySend(message);  // a connection that is gone reports itself
}

void Bot::OnPacket(BotSession& session, const servercore::PacketView& packet) {
    MutexLock lock(mutex_);
    if (&session != session_.get()) {
        return;
    }
    resume_.Count(packet.id);
    const PacketVerdict verdict = protocol::DispatchServerPacket(packet, *this);
    if (verdict != PacketVerdict::Accepted) {
        crowd_.Report(fmt::format("the server sent a packet with id 0x{:04X} that is malformed or not allowed then ({})", packet.id,
                                  servercore::ToString(verdict)));
        session.Close(CloseReason::MalformedPacket);
    }
    Publish();
}

void Bot::OnGone(const BotSession& session, const servercore::CloseInfo& info) {
    MutexLock lock(mutex_);
    const bool isPresent = &session == session_.get();
    crowd_.CountDisconnect(info.reason, !isPresent || (isLeaving_ && info.reason == CloseReason::LocalClose));
    if (isPresent) {
        closeInfo_ = info;
        session_.reset();
        if (!isLeaving_) {
            CountFailedConnect();
        }
        record_.stage.store(BotStage::Gone);
    }
}

// It got no farther than to the entrance.
void Bot::CountFailedConnect() {
    const BotStage stage = Stage();
    if (stage == BotStage::Connecting || stage == BotStage::Connected || stage == BotStage::Resuming) {
        ++crowd_.connectsFailed;
    }
    if (stage == BotStage::Resuming) {
        ++crowd_.resumesFailed;
    }
}

// --- Playing -----------------------------------------------------------------------------------------------------------

bool Bot::TryMove() {
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

bool Bot::TryChat(servercore::TimePoint intended) {
    MutexLock lock(mutex_);
    if (Stage() != BotStage::InZone) {
        return false;
    }
    ++chatSequence_;
    NoteSent(chatTimes_, chatSequence_, intended, clock_.Now());
    return TrySendChat(chatSequence_);
}

bool Bot::TryWhisper(servercore::TimePoint intended) {
    MutexLock lock(mutex_);
    if (Stage() != BotStage::InZone || crowd_.Size() < 2) {
        return false;
    }
    ++whisperSequence_;
    NoteSent(whisperTimes_, whisperSequence_, intended, clock_.Now());
    return TrySendWhisper(whisperSequence_);
}

bool Bot::TrySendChat(std::uint32_t sequence) {
    TextBuffer text;
    protocol::C_Chat message;
    message.set_sequence(sequence);
    message.set_text(std::string(ChatOf(number_, sequence, text)));
    return session_->TrySend(message);
}

bool Bot::TrySendWhisper(std::uint32_t sequence) {
    TextBuffer text;
    protocol::C_Whisper message;
    message.set_sequence(sequence);
    message.set_to(crowd_.names.NameOf(ListenerOf(number_, sequence, crowd_.Size())));
    message.set_text(std::string(WhisperOf(number_, sequence, text)));
    return session_->TrySend(message);
}

void Bot::SendPing(servercore::TimePoint intended) {
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

void Bot::NoteSent(EchoTimes& times, std::uint64_t number, servercore::TimePoint intended, servercore::TimePoint now) {
    if (crowd_.isMeasuring.load(std::memory_order_relaxed)) {
        times.OnSent(number, {.intended = intended, .sent = now});
    }
}

void Bot::NoteAnswered(MessageKind kind, EchoTimes& times, std::uint64_t number) {
    if (const std::optional<SendTimes> sent = times.OnEcho(number)) {
        crowd_.latencies.Record(kind, number_, *sent, clock_.Now());
    }
}

void Bot::SwitchZone() {
    MutexLock lock(mutex_);
    if (Stage() != BotStage::InZone || zones_ < 2) {
        return;
    }
    record_.stage.store(BotStage::Entering);
    ++counts_.switches;
    (void)TryEnterZone(zone_ % zones_ + 1);
}

bool Bot::TryEnterZone(std::uint32_t zone) {
    zone_ = zone;
    protocol::C_EnterZone message;
    message.set_zone_id(zone);
    return session_->TrySend(message);
}

// --- What the run wants to know ----------------------------------------------------------------------------------------

BotState Bot::State() const {
    MutexLock lock(mutex_);
    BotState state;
    state.isInZone = Stage() == BotStage::InZone;
    state.isAnswered = IsAnsweredNow();
    state.playerId = playerId_;
    state.zone = zone_;
    state.lastChatNumber = chats_.LastNumber();
    state.at = sight_.OwnPosition();
    state.counts = CountsNow();
    return state;
}

bool Bot::IsAnswered() const {
    MutexLock lock(mutex_);
    return IsAnsweredNow();
}

bool Bot::IsAnsweredNow() const {
    return Stage() == BotStage::InZone && sight_.IsAnswered() && chats_.LastEcho() == chatSequence_ &&
           whispers_.LastResult() == whisperSequence_;
}

BotCounts Bot::CountsNow() const {
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

SightErrors Bot::CompareAtEnd(std::span<const Standing> botsInZone) const {
    MutexLock lock(mutex_);
    return sight_.CompareAtEnd(botsInZone);
}

servercore::CloseInfo Bot::HowItEnded() const {
    MutexLock lock(mutex_);
    return closeInfo_;
}

// For the run to see. Relaxed: each value stands for itself.
void Bot::Publish() {
    record_.deliveries.store(chats_.Received() + sight_.Heard() + whispers_.Received(), std::memory_order_relaxed);
    record_.errors.store(counts_.errors.Sum() + chats_.Errors().Sum() + chats_.Skipped() + whispers_.Errors().Sum() + whispers_.Refused() +
                             sight_.Errors().Sum(),
                         std::memory_order_relaxed);
}

}  // namespace loadtest
