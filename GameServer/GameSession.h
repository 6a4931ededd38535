#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "GameServer/Offences.h"
#include "GameServer/Player.h"
#include "Protocol/Packets.gen.h"
#include "ServerCore/App/ReceiveBrake.h"
#include "ServerCore/Base/Clock.h"
#include "ServerCore/Base/Log.h"
#include "ServerCore/Net/PacketSession.h"

namespace game {

class PlayerDirectory;
class Zone;

// What sessions work with. Owner: GameServer; outlives every session.
struct GameContext {
    Zone& zone;
    servercore::app::ReceiveBrake& brake;  // of those who feed the zone
    PlayerDirectory& players;
    servercore::SendBufferPool& buffers;
    OffenceCounts& offences;
    const servercore::Clock& clock;
    servercore::Logger& log;
};

// One client:
//
//     Handshake --C_Hello--> Login --C_Login--> Lobby --C_EnterZone--> InZone --C_Leave--> Left
//
// A packet that is none, or that the state does not allow, is counted and not answered. It ends the session at once before the login, and
// afterwards when it is the third within a minute. One that breaks a rule of the game ends it at once, with a notice.
// Threads: the callbacks do not overlap; Deliver is safe from any.
class GameSession final : public servercore::PacketSession, public PlayerChannel, private protocol::ClientPacketHandler {
public:
    explicit GameSession(GameContext& game) noexcept : game_(game) {}

    void Deliver(servercore::SendBufferRef packet) override { (void)Send(std::move(packet)); }

protected:
    void OnPacket(const servercore::PacketView& packet) override;
    void OnDisconnected(const servercore::CloseInfo& info) override;

private:
    using State = protocol::SessionState;
    using PacketVerdict = servercore::PacketVerdict;

    PacketVerdict OnHello(const protocol::C_Hello& packet) override;
    PacketVerdict OnLogin(const protocol::C_Login& packet) override;
    PacketVerdict OnEnterZone(const protocol::C_EnterZone& packet) override;
    PacketVerdict OnMove(const protocol::C_Move& packet) override;
    PacketVerdict OnChat(const protocol::C_Chat& packet) override;
    PacketVerdict OnLeave(const protocol::C_Leave& packet) override;
    PacketVerdict OnPing(const protocol::C_Ping& packet) override;

    void OnOffence(const servercore::PacketView& packet, PacketVerdict verdict);
    [[nodiscard]] protocol::LoginResult TryLogIn(const std::string& name);
    template <class Message>
    void Reply(const Message& message);
    void CloseWithNotice(servercore::CloseReason reason, protocol::DisconnectReason code, std::string_view text);
    [[nodiscard]] PacketVerdict CloseUnlessQueued(bool queued);
    [[nodiscard]] std::weak_ptr<PlayerChannel> WeakChannel();

    GameContext& game_;

    // Confined to the callbacks.
    State state_ = State::Handshake;
    OffenceWindow offences_;
    PlayerInfo player_;
    std::size_t refusedLogins_ = 0;
    std::uint32_t moveSequence_ = 0;
    std::uint32_t chatSequence_ = 0;
};

}  // namespace game
