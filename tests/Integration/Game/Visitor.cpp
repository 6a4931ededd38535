#include "tests/Integration/Game/Visitor.h"

namespace game::test {

using protocol::PacketId;

void Visitor::OnConnected() {
    protocol::C_Hello hello;
    hello.set_protocol_version(plan_.version);
    Say(hello);
}

void Visitor::OnPacket(const servercore::PacketView& packet) {
    switch (static_cast<PacketId>(packet.id)) {
        case PacketId::S_Hello: OnHello(protocol::ParsePacket<protocol::S_Hello>(packet.body).value()); break;
        case PacketId::S_LoginResult: OnLogin(protocol::ParsePacket<protocol::S_LoginResult>(packet.body).value()); break;
        case PacketId::S_DisconnectNotice:
            notices_.push_back(protocol::ParsePacket<protocol::S_DisconnectNotice>(packet.body).value().reason());
            break;
        case PacketId::S_ZoneEntered:
            hasEntered_ = true;
            if (plan_.onEntered) {
                plan_.onEntered(*this);
            }
            break;
        default: break;  // the zone's news
    }
}

void Visitor::OnHello(const protocol::S_Hello& hello) {
    serverVersion_ = hello.protocol_version();
    if (serverVersion_ == plan_.version) {
        protocol::C_Login login;
        login.set_name(plan_.name);
        Say(login);
    }
}

void Visitor::OnLogin(const protocol::S_LoginResult& login) {
    if (login.result() == protocol::LOGIN_OK) {
        Say(protocol::C_EnterZone{});
    } else if (plan_.onLoginRefused) {
        plan_.onLoginRefused(*this, login.result());
    }
}

}  // namespace game::test
