#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <unordered_set>

#include "DummyClient/Crowd.h"
#include "DummyClient/DeliveryCheck.h"
#include "Protocol/Packets.gen.h"
#include "ServerCore/Base/Clock.h"
#include "ServerCore/Net/PacketSession.h"

namespace loadtest {

// One player: logs in, enters the zone, and from then on sends what it is told to and checks everything that arrives.
// Threads: the callbacks do not overlap; the Send methods and Leave are LoadRun's, from one thread.
class BotSession final : public servercore::PacketSession, private game::protocol::ServerPacketHandler {
public:
    // `crowd`, `buffers` and `clock` outlive it.
    BotSession(std::size_t bot, Crowd& crowd, servercore::SendBufferPool& buffers, const servercore::Clock& clock);

    // False: not sent, the connection is gone. Otherwise it has the next sequence of its kind.
    [[nodiscard]] bool TrySendMove();
    [[nodiscard]] bool TrySendChat() SC_EXCLUDES(chatMutex_);
    void SendPing();
    // Says farewell if it is in the zone, and closes gracefully.
    void Leave();

    // LoadRun's thread: the last sequence sent, of a kind.
    [[nodiscard]] std::uint32_t LastSent(Kind kind) const noexcept { return kind == Kind::Move ? moveSequence_ : chatSequence_; }

    // Once the session has ended and its service has stopped.
    [[nodiscard]] const DeliveryCheck& Check() const noexcept { return check_; }
    [[nodiscard]] const servercore::CloseInfo& HowItEnded() const noexcept { return closeInfo_; }

protected:
    void OnConnected() override;
    void OnConnectFailed(const servercore::CloseInfo& info) override;
    void OnPacket(const servercore::PacketView& packet) override;
    void OnDisconnected(const servercore::CloseInfo& info) override;

private:
    using PacketVerdict = servercore::PacketVerdict;

    PacketVerdict OnHello(const game::protocol::S_Hello& packet) override;
    PacketVerdict OnLoginResult(const game::protocol::S_LoginResult& packet) override;
    PacketVerdict OnZoneEntered(const game::protocol::S_ZoneEntered& packet) override;
    PacketVerdict OnPlayersEntered(const game::protocol::S_PlayersEntered& packet) override;
    PacketVerdict OnPlayersLeft(const game::protocol::S_PlayersLeft& packet) override;
    PacketVerdict OnMoveBatch(const game::protocol::S_MoveBatch& packet) override;
    PacketVerdict OnChat(const game::protocol::S_Chat& packet) override SC_EXCLUDES(chatMutex_);
    PacketVerdict OnPong(const game::protocol::S_Pong& packet) override;
    PacketVerdict OnDisconnectNotice(const game::protocol::S_DisconnectNotice& packet) override;

    // In the zone, and told who else is.
    [[nodiscard]] bool IsListComplete() noexcept { return Record().stage.load() == BotStage::InZone && playersToBeListed_ == 0; }
    template <class Message>
    bool TrySend(const Message& message);
    void Publish() noexcept;
    [[nodiscard]] BotRecord& Record() noexcept { return crowd_.records[bot_]; }

    const std::size_t bot_;
    Crowd& crowd_;
    servercore::SendBufferPool& buffers_;
    const servercore::Clock& clock_;

    // Confined to the callbacks.
    DeliveryCheck check_;
    std::unordered_set<std::uint32_t> strangers_;
    std::uint32_t playersToBeListed_ = 0;
    servercore::CloseInfo closeInfo_;

    std::atomic<bool> isLeaving_ = false;

    // LoadRun's thread.
    std::uint32_t moveSequence_ = 0;
    std::uint32_t chatSequence_ = 0;

    servercore::Mutex chatMutex_;
    std::deque<servercore::TimePoint> chatsUnderWay_ SC_GUARDED_BY(chatMutex_);  // when sent; the echoes come in the same order
};

}  // namespace loadtest
