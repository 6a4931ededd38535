#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "GameServer/GameContext.h"
#include "GameServer/Offences.h"
#include "GameServer/Players/Player.h"
#include "Protocol/Packets.gen.h"
#include "ServerCore/Net/PacketSession.h"

namespace game {

// One client:
//
//     Handshake --C_Hello--> Login --C_Login--> Lobby --C_EnterZone--> Entering --> InZone --C_EnterZone--> Entering ...
//                                  --C_Resume---------------------------------> InZone
//
// C_Leave ends it, in each of the states after the login. From the login on the state is the player's, who outlives the connection.
//
// A packet that is none, or that the state does not allow, is counted and not answered. It ends the session at once before the login, and
// afterwards when it is the third within a minute. One that breaks a rule of the game ends it at once, with a notice.
// Threads: the callbacks do not overlap.
class GameSession final : public servercore::PacketSession, private protocol::ClientPacketHandler {
public:
    explicit GameSession(GameContext& game) noexcept : game_(game) {}

protected:
    void OnPacket(const servercore::PacketView& packet) override;
    void OnDisconnected(const servercore::CloseInfo& info) override;

private:
    using State = protocol::SessionState;
    using PacketVerdict = servercore::PacketVerdict;

    PacketVerdict OnHello(const protocol::C_Hello& packet) override;
    PacketVerdict OnLogin(const protocol::C_Login& packet) override;
    PacketVerdict OnResume(const protocol::C_Resume& packet) override;
    PacketVerdict OnEnterZone(const protocol::C_EnterZone& packet) override;
    PacketVerdict OnMove(const protocol::C_Move& packet) override;
    PacketVerdict OnChat(const protocol::C_Chat& packet) override;
    PacketVerdict OnWhisper(const protocol::C_Whisper& packet) override;
    PacketVerdict OnLeave(const protocol::C_Leave& packet) override;
    PacketVerdict OnPing(const protocol::C_Ping& packet) override;

    [[nodiscard]] State CurrentState() const noexcept;
    void OnOffence(const servercore::PacketView& packet, PacketVerdict verdict);
    void LogIn(const std::string& name);
    void RefuseLogin();
    [[nodiscard]] PacketVerdict VerdictOn(Outcome outcome);
    template <class Message>
    void Reply(const Message& message);
    void CloseWithNotice(servercore::CloseReason reason, protocol::DisconnectReason code, std::string_view text);
    void EndPlayer();
    [[nodiscard]] Player::Connection Self() { return std::static_pointer_cast<servercore::Session>(shared_from_this()); }

    GameContext& game_;

    // Confined to the callbacks.
    bool isGreeted_ = false;
    std::size_t refusedLogins_ = 0;
    OffenceWindow offences_;
    std::shared_ptr<Player> player_;  // nullptr before the login
};

}  // namespace game
