#include "DummyClient/BotSession.h"

#include <chrono>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "Protocol/PacketCodec.h"

namespace loadtest {

using servercore::CloseReason;
namespace protocol = game::protocol;

BotSession::BotSession(std::size_t bot, Crowd& crowd, servercore::SendBufferPool& buffers, const servercore::Clock& clock)
    : bot_(bot), crowd_(crowd), buffers_(buffers), clock_(clock), check_(crowd.Size()) {}

// --- Sending -----------------------------------------------------------------------------------------------------------

template <class Message>
bool BotSession::TrySend(const Message& message) {
    return Send(protocol::MakePacket(buffers_, message)) == servercore::SendResult::Queued;
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
    if (!Handle(packet)) {
        crowd_.Report(fmt::format("the server sent a packet with id 0x{:04X} that is malformed or not allowed then", packet.id));
        Close(CloseReason::MalformedPacket);
    }
    Publish();
}

bool BotSession::Handle(const servercore::PacketView& packet) {
    const auto parsed = [&]<class Message>(bool (BotSession::*on)(const Message&)) {
        const std::optional<Message> message = protocol::ParsePacket<Message>(packet.body);
        return message && (this->*on)(*message);
    };
    using protocol::PacketId;
    switch (static_cast<PacketId>(packet.id)) {
        case PacketId::S_MoveBatch: return protocol::TryParse(packet.body, moves_) && OnMoveBatch();
        case PacketId::S_Chat: return protocol::TryParse(packet.body, chat_) && OnChat();
        case PacketId::S_PlayersEntered: return protocol::TryParse(packet.body, entered_) && OnPlayersEntered();
        case PacketId::S_PlayersLeft: return parsed(&BotSession::OnPlayersLeft);
        case PacketId::S_Pong: return parsed(&BotSession::OnPong);
        case PacketId::S_Hello: return parsed(&BotSession::OnHello);
        case PacketId::S_LoginResult: return parsed(&BotSession::OnLoginResult);
        case PacketId::S_ZoneEntered: return parsed(&BotSession::OnZoneEntered);
        case PacketId::S_DisconnectNotice: return parsed(&BotSession::OnNotice);
        default: return false;
    }
}

// For the run to see. Relaxed: each value stands for itself.
void BotSession::Publish() noexcept {
    Record().present.store(static_cast<std::uint32_t>(check_.Present()), std::memory_order_relaxed);
    Record().deliveries.store(check_.Received(), std::memory_order_relaxed);
    Record().errors.store(check_.Errors().Sum() + check_.Skipped(), std::memory_order_relaxed);
}

// --- Packets -----------------------------------------------------------------------------------------------------------

bool BotSession::OnHello(const protocol::S_Hello& packet) {
    if (packet.protocol_version() != crowd_.protocolVersion) {
        crowd_.Report(fmt::format("the server speaks protocol version {}, this client {}: use programs of the same release",
                                  packet.protocol_version(), crowd_.protocolVersion));
        return true;  // the server's notice follows
    }
    protocol::C_Login message;
    message.set_name(crowd_.names.NameOf(bot_));
    return TrySend(message);
}

bool BotSession::OnLoginResult(const protocol::S_LoginResult& packet) {
    if (packet.result() != protocol::LOGIN_OK) {
        crowd_.Report(
            fmt::format("the login of {} was refused: {}", crowd_.names.NameOf(bot_), protocol::LoginResult_Name(packet.result())));
        Close(CloseReason::LocalClose);
        return true;
    }
    if (packet.player_id() == 0 || !crowd_.players.TryAdd(packet.player_id(), bot_)) {
        crowd_.Report("the server gave one player id to two bots");
        check_.CountWrongRoster();
    }
    return TrySend(protocol::C_EnterZone());
}

bool BotSession::OnZoneEntered(const protocol::S_ZoneEntered& packet) {
    playersToBeListed_ = packet.player_count();
    crowd_.serverTickMs.store(packet.tick_ms());
    return Record().stage.exchange(BotStage::InZone) == BotStage::Connected && playersToBeListed_ > 0;
}

bool BotSession::OnPlayersEntered() {
    if (playersToBeListed_ > 0) {
        const auto listed = static_cast<std::uint32_t>(entered_.players_size());
        if (listed > playersToBeListed_) {
            return false;
        }
        playersToBeListed_ -= listed;
    }
    for (const protocol::Player& player : entered_.players()) {
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
    return Record().stage.load() == BotStage::InZone;
}

bool BotSession::OnPlayersLeft(const protocol::S_PlayersLeft& packet) {
    if (!IsListComplete()) {
        return false;
    }
    for (const std::uint32_t id : packet.player_ids()) {
        if (const std::optional<std::size_t> bot = crowd_.players.Find(id)) {
            check_.OnLeft(*bot);
        } else if (strangers_.erase(id) == 0) {
            check_.CountWrongRoster();
        }
    }
    return true;
}

bool BotSession::OnMoveBatch() {
    if (!IsListComplete()) {
        return false;
    }
    for (const protocol::PlayerMove& move : moves_.moves()) {
        if (const std::optional<std::size_t> bot = crowd_.players.Find(move.player_id())) {
            check_.OnMove(*bot, move.sequence(), {.x = move.x(), .y = move.y()});
        } else if (!strangers_.contains(move.player_id())) {
            check_.CountWrongRoster();
        }
    }
    return true;
}

bool BotSession::OnChat() {
    if (!IsListComplete()) {
        return false;
    }
    const std::optional<std::size_t> bot = crowd_.players.Find(chat_.player_id());
    if (!bot) {
        if (!strangers_.contains(chat_.player_id())) {
            check_.CountWrongRoster();
        }
        return true;
    }
    check_.OnChat(*bot, chat_.sequence(), chat_.text());
    if (*bot != bot_) {
        return true;
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
    return true;
}

bool BotSession::OnPong(const protocol::S_Pong& packet) {
    const servercore::TimePoint sent{servercore::Duration(static_cast<servercore::Duration::rep>(packet.client_time()))};
    if (crowd_.isMeasuring.load(std::memory_order_relaxed)) {
        crowd_.pingTimes.Record(clock_.Now() - sent);
    }
    return true;
}

bool BotSession::OnNotice(const protocol::S_DisconnectNotice& packet) {
    if (!isLeaving_.load()) {
        crowd_.Report(fmt::format("the server ended a session: {}", packet.text()));
    }
    return true;
}

}  // namespace loadtest
