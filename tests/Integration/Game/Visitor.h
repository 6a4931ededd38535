#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "Protocol/PacketCodec.h"
#include "ServerCore/Net/PacketSession.h"

namespace game::test {

// A client that walks through the handshake, the login and into the zone, then does what the test says.
// Owner: its service.  Threads: the hooks run in the session's callbacks.
class Visitor final : public servercore::PacketSession {
public:
    struct Plan {
        std::uint32_t version = 1;
        std::string name;
        std::function<void(Visitor&)> onEntered{};
        std::function<void(Visitor&, protocol::LoginResult)> onLoginRefused{};
        std::function<void(Visitor&, const servercore::CloseInfo&)> onGone{};
    };

    Visitor(servercore::SendBufferPool& buffers, Plan plan) : buffers_(buffers), plan_(std::move(plan)) {}

    template <class Message>
    void Say(const Message& message) {
        (void)Send(protocol::MakePacket(buffers_, message));
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

    void OnHello(const protocol::S_Hello& hello);
    void OnLogin(const protocol::S_LoginResult& login);
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
