#include "DummyClient/BotSession.h"

#include <chrono>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace loadtest {

using servercore::CloseReason;
using servercore::PacketVerdict;
namespace protocol = game::protocol;

namespace {

// Otherwise it is not what a server may say then.
PacketVerdict AcceptIf(bool allowed) noexcept {
    return allowed ? PacketVerdict::Accepted : PacketVerdict::Refused;
}

}  // namespace

BotSession::BotSession(std::size_t bot, Crowd& crowd, servercore::SendBufferPool& buffers, const servercore::Clock& clock)
    : bot_(bot), crowd_(crowd), buffers_(buffers), clock_(clock), check_(crowd.Size()) {}

// --- Sending -----------------------------------------------------------------------------------------------------------

template <class Message>
bool BotSession::TrySend(const Message& message) {
    return Send(protocol::MakeSendBuffer(buffers_, message)) == servercore::SendResult::Queued;
}

bool BotSession::TrySendMove() {
    const Point position = MoveOf(bot_, moveSequence_ + 1);
    protocol::C_Move message;
    message.set_sequence(moveSequence_ + 1);
    message.set_x(position.x);
    message.set_y(position.y);
    if (!TrySend(message)) {
        return false;
    }
    ++moveSequence_;
    return true;
}

bool BotSession::TrySendChat() {
    ChatBuffer text;
    protocol::C_Chat message;
    message.set_sequence(chatSequence_ + 1);
    message.set_text(std::string(ChatOf(bot_, chatSequence_ + 1, text)));
    {
        servercore::MutexLock lock(chatMutex_);
        chatsUnderWay_.push_back(clock_.Now());
    }
    if (!TrySend(message)) {
        return false;
    }
    ++chatSequence_;
    return true;
}

void BotSession::SendPing() {
    protocol::C_Ping message;
    message.set_client_time(static_cast<std::uint64_t>(clock_.Now().time_since_epoch().count()));
    (void)TrySend(message);  // a connection that is gone reports itself
}

void BotSession::Leave() {
    isLeaving_.store(true);
    if (Record().stage.load() == BotStage::InZone) {
        (void)TrySend(protocol::C_Leave());
    }
    Close(CloseReason::LocalClose);
}

// --- Connection --------------------------------------------------------------------------------------------------------

void BotSession::OnConnected() {
    Record().stage.store(BotStage::Connected);
    protocol::C_Hello message;
    message.set_protocol_version(crowd_.protocolVersion);
    (void)TrySend(message);
}

void BotSession::OnConnectFailed(const servercore::CloseInfo& info) {
    OnDisconnected(info);
}

void BotSession::OnDisconnected(const servercore::CloseInfo& info) {
    closeInfo_ = info;
    crowd_.CountDisconnect(info.reason, isLeaving_.load() && info.reason == CloseReason::LocalClose);
    Record().stage.store(BotStage::Gone);  // last: the run looks at the rest when it sees this
}

void BotSession::OnPacket(const servercore::PacketView& packet) {
    const PacketVerdict verdict = protocol::DispatchServerPacket(packet, *this);
    if (verdict != PacketVerdict::Accepted) {
        crowd_.Report(fmt::format("the server sent a packet with id 0x{:04X} that is malformed or not allowed then ({})", packet.id,
                                  servercore::ToString(verdict)));
        Close(CloseReason::MalformedPacket);
    }
    Publish();
}

// For the run to see. Relaxed: each value stands for itself.
void BotSession::Publish() noexcept {
    Record().present.store(static_cast<std::uint32_t>(check_.Present()), std::memory_order_relaxed);
    Record().deliveries.store(check_.Received(), std::memory_order_relaxed);
    Record().errors.store(check_.Errors().Sum() + check_.Skipped(), std::memory_order_relaxed);
}

// --- Packets -----------------------------------------------------------------------------------------------------------

PacketVerdict BotSession::OnHello(const protocol::S_Hello& packet) {
    if (packet.protocol_version() != crowd_.protocolVersion) {
        crowd_.Report(fmt::format("the server speaks protocol version {}, this client {}: use programs of the same release",
                                  packet.protocol_version(), crowd_.protocolVersion));
        return PacketVerdict::Accepted;  // the server's notice follows
    }
    protocol::C_Login message;
    message.set_name(crowd_.names.NameOf(bot_));
    return AcceptIf(TrySend(message));
}

PacketVerdict BotSession::OnLoginResult(const protocol::S_LoginResult& packet) {
    if (packet.result() != protocol::LOGIN_OK) {
        crowd_.Report(
            fmt::format("the login of {} was refused: {}", crowd_.names.NameOf(bot_), protocol::LoginResult_Name(packet.result())));
        Close(CloseReason::LocalClose);
        return PacketVerdict::Accepted;
    }
    if (packet.player_id() == 0 || !crowd_.players.TryAdd(packet.player_id(), bot_)) {
        crowd_.Report("the server gave one player id to two bots");
        check_.CountWrongRoster();
    }
    return AcceptIf(TrySend(protocol::C_EnterZone()));
}

PacketVerdict BotSession::OnZoneEntered(const protocol::S_ZoneEntered& packet) {
    playersToBeListed_ = packet.player_count();
    crowd_.serverTickMs.store(packet.tick_ms());
    return AcceptIf(Record().stage.exchange(BotStage::InZone) == BotStage::Connected && playersToBeListed_ > 0);
}

PacketVerdict BotSession::OnPlayersEntered(const protocol::S_PlayersEntered& packet) {
    if (playersToBeListed_ > 0) {
        const auto listed = static_cast<std::uint32_t>(packet.players_size());
        if (listed > playersToBeListed_) {
            return PacketVerdict::Refused;
        }
        playersToBeListed_ -= listed;
    }
    for (const protocol::Player& player : packet.players()) {
        const std::optional<std::size_t> bot = crowd_.names.BotNamed(player.name());
        if (!bot) {
            if (!strangers_.insert(player.player_id()).second) {
                check_.CountWrongRoster();
            }
            continue;
        }
        if (crowd_.players.Find(player.player_id()) != bot) {
            check_.CountWrongRoster();
        }
        check_.OnEntered(*bot, player.move_sequence(), player.chat_sequence());
    }
    return AcceptIf(Record().stage.load() == BotStage::InZone);
}

PacketVerdict BotSession::OnPlayersLeft(const protocol::S_PlayersLeft& packet) {
    if (!IsListComplete()) {
        return PacketVerdict::Refused;
    }
    for (const std::uint32_t id : packet.player_ids()) {
        if (const std::optional<std::size_t> bot = crowd_.players.Find(id)) {
            check_.OnLeft(*bot);
        } else if (strangers_.erase(id) == 0) {
            check_.CountWrongRoster();
        }
    }
    return PacketVerdict::Accepted;
}

PacketVerdict BotSession::OnMoveBatch(const protocol::S_MoveBatch& packet) {
    if (!IsListComplete()) {
        return PacketVerdict::Refused;
    }
    for (const protocol::PlayerMove& move : packet.moves()) {
        if (const std::optional<std::size_t> bot = crowd_.players.Find(move.player_id())) {
            check_.OnMove(*bot, move.sequence(), {.x = move.x(), .y = move.y()});
        } else if (!strangers_.contains(move.player_id())) {
            check_.CountWrongRoster();
        }
    }
    return PacketVerdict::Accepted;
}

PacketVerdict BotSession::OnChat(const protocol::S_Chat& packet) {
    if (!IsListComplete()) {
        return PacketVerdict::Refused;
    }
    const std::optional<std::size_t> bot = crowd_.players.Find(packet.player_id());
    if (!bot) {
        if (!strangers_.contains(packet.player_id())) {
            check_.CountWrongRoster();
        }
        return PacketVerdict::Accepted;
    }
    check_.OnChat(*bot, packet.sequence(), packet.text());
    if (*bot != bot_) {
        return PacketVerdict::Accepted;
    }
    std::optional<servercore::TimePoint> sent;
    {
        servercore::MutexLock lock(chatMutex_);
        if (!chatsUnderWay_.empty()) {
            sent = chatsUnderWay_.front();
            chatsUnderWay_.pop_front();
        }
    }
    if (sent) {
        crowd_.chatTimes.Record(clock_.Now() - *sent);
    }
    return PacketVerdict::Accepted;
}

PacketVerdict BotSession::OnPong(const protocol::S_Pong& packet) {
    const servercore::TimePoint sent{servercore::Duration(static_cast<servercore::Duration::rep>(packet.client_time()))};
    if (crowd_.isMeasuring.load(std::memory_order_relaxed)) {
        crowd_.pingTimes.Record(clock_.Now() - sent);
    }
    return PacketVerdict::Accepted;
}

PacketVerdict BotSession::OnDisconnectNotice(const protocol::S_DisconnectNotice& packet) {
    if (!isLeaving_.load()) {
        crowd_.Report(fmt::format("the server ended a session: {}", packet.text()));
    }
    return PacketVerdict::Accepted;
}

}  // namespace loadtest
