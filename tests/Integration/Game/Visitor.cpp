#include "tests/Integration/Game/Visitor.h"

#include <gtest/gtest.h>

namespace game::test {

using protocol::SessionState;
using servercore::PacketVerdict;

bool Visitor::Reach(SessionState state) {
    if (state == plan_.goal && plan_.onEntered) {
        plan_.onEntered(*this);
    }
    return state == plan_.goal;
}

void Visitor::OnConnected() {
    if (Reach(SessionState::Handshake)) {
        return;
    }
    protocol::C_Hello hello;
    hello.set_protocol_version(plan_.version);
    Say(hello);
}

void Visitor::OnPacket(const servercore::PacketView& packet) {
    EXPECT_EQ(protocol::DispatchServerPacket(packet, *this), PacketVerdict::Accepted) << packet.id;
}

PacketVerdict Visitor::OnHello(const protocol::S_Hello& packet) {
    serverVersion_ = packet.protocol_version();
    if (serverVersion_ == plan_.version && !Reach(SessionState::Login)) {
        protocol::C_Login login;
        login.set_name(plan_.name);
        Say(login);
    }
    return PacketVerdict::Accepted;
}

PacketVerdict Visitor::OnLoginResult(const protocol::S_LoginResult& packet) {
    if (packet.result() == protocol::LOGIN_OK) {
        if (!Reach(SessionState::Lobby)) {
            Say(protocol::C_EnterZone{});
        }
    } else if (plan_.onLoginRefused) {
        plan_.onLoginRefused(*this, packet.result());
    }
    return PacketVerdict::Accepted;
}

PacketVerdict Visitor::OnZoneEntered(const protocol::S_ZoneEntered& /*packet*/) {
    hasEntered_ = true;
    if (!Reach(SessionState::InZone)) {
        Say(protocol::C_Leave{});
        (void)Reach(SessionState::Left);
    }
    return PacketVerdict::Accepted;
}

PacketVerdict Visitor::OnDisconnectNotice(const protocol::S_DisconnectNotice& packet) {
    notices_.push_back(packet.reason());
    return PacketVerdict::Accepted;
}

PacketVerdict Visitor::OnPong(const protocol::S_Pong& /*packet*/) {
    if (plan_.onPong) {
        plan_.onPong(*this);
    }
    return PacketVerdict::Accepted;
}

}  // namespace game::test
