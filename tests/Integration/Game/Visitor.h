#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "Protocol/Packets.gen.h"
#include "ServerCore/Net/PacketSession.h"

namespace game::test {

// A client that walks through the handshake, the login and into the zone, then does what the test says. It may stop on the way.
// Owner: its service.  Threads: the hooks run in the session's callbacks.
class Visitor final : public servercore::PacketSession, private protocol::ServerPacketHandler {
public:
    struct Plan {
        std::uint32_t version = 1;
        std::string name;
        protocol::SessionState goal = protocol::SessionState::InZone;
        std::function<void(Visitor&)> onEntered{};  // or wherever else the goal is
        std::function<void(Visitor&, protocol::LoginResult)> onLoginRefused{};
        std::function<void(Visitor&)> onPong{};
        std::function<void(Visitor&, const servercore::CloseInfo&)> onGone{};
    };

    Visitor(servercore::SendBufferPool& buffers, Plan plan) : buffers_(buffers), plan_(std::move(plan)) {}

    template <class Message>
    void Say(const Message& message) {
        (void)Send(protocol::MakeSendBuffer(buffers_, message));
    }

    // Says farewell and closes.
    void Leave() {
        Say(protocol::C_Leave{});
        Close();
    }

    // For the hooks and, once gone, for everybody.
    [[nodiscard]] const std::vector<protocol::DisconnectReason>& Notices() const noexcept { return notices_; }
    [[nodiscard]] std::uint32_t ServerVersion() const noexcept { return serverVersion_; }
    [[nodiscard]] bool HasEntered() const noexcept { return hasEntered_; }

private:
    void OnConnected() override;
    void OnConnectFailed(const servercore::CloseInfo& info) override { Tell(info); }
    void OnDisconnected(const servercore::CloseInfo& info) override { Tell(info); }
    void OnPacket(const servercore::PacketView& packet) override;

    using PacketVerdict = servercore::PacketVerdict;
    PacketVerdict OnHello(const protocol::S_Hello& packet) override;
    PacketVerdict OnLoginResult(const protocol::S_LoginResult& packet) override;
    PacketVerdict OnZoneEntered(const protocol::S_ZoneEntered& packet) override;
    PacketVerdict OnDisconnectNotice(const protocol::S_DisconnectNotice& packet) override;
    PacketVerdict OnPong(const protocol::S_Pong& packet) override;
    // The zone's news.
    PacketVerdict OnPlayersEntered(const protocol::S_PlayersEntered& /*packet*/) override { return PacketVerdict::Accepted; }
    PacketVerdict OnPlayersLeft(const protocol::S_PlayersLeft& /*packet*/) override { return PacketVerdict::Accepted; }
    PacketVerdict OnMoveBatch(const protocol::S_MoveBatch& /*packet*/) override { return PacketVerdict::Accepted; }
    PacketVerdict OnChat(const protocol::S_Chat& /*packet*/) override { return PacketVerdict::Accepted; }

    // True: this was the goal, and the plan goes on.
    bool Reach(protocol::SessionState state);
    void Tell(const servercore::CloseInfo& info) {
        if (plan_.onGone) {
            plan_.onGone(*this, info);
        }
    }

    servercore::SendBufferPool& buffers_;
    const Plan plan_;
    std::vector<protocol::DisconnectReason> notices_;
    std::uint32_t serverVersion_ = 0;
    bool hasEntered_ = false;
};

}  // namespace game::test
