#include "DummyClient/Attack/Attacker.h"

#include <algorithm>
#include <utility>

#include "DummyClient/Attack/Packets.h"
#include "Protocol/Version.h"

namespace loadtest::attack {

namespace protocol = game::protocol;

Attacker::Attacker(AttackerEvents& events, servercore::SendBufferPool& buffers, const servercore::Clock& clock, Plan plan)
    : events_(events), buffers_(buffers), clock_(clock), plan_(std::move(plan)), framer_(servercore::kMaxPacketBytes) {}

bool Attacker::SendBytes(servercore::ConstBytes bytes) {
    servercore::SendBufferRef buffer = buffers_.Allocate(bytes.size());
    std::ranges::copy(bytes, buffer->Writable().begin());
    return IsQueued(Send(std::move(buffer), {.urgent = true}));
}

servercore::TimePoint Attacker::ReadyAt() const noexcept {
    return servercore::TimePoint(servercore::Duration(readyAt_.load()));
}

bool Attacker::WasClosedByServer() const noexcept {
    return end_.initiator == servercore::CloseInitiator::Peer;
}

void Attacker::OnConnected() {
    if (plan_.approach == Approach::Connected) {
        BecomeReady();
        return;
    }
    protocol::C_Hello hello;
    hello.set_protocol_version(protocol::kProtocolVersion);
    (void)Say(hello);
}

void Attacker::OnReceived(servercore::ConstBytes bytes) {
    if (WasReady()) {
        bytesReceived_.fetch_add(bytes.size(), std::memory_order_relaxed);
    }
    if (!isGarbled_) {
        isGarbled_ = framer_.Feed(bytes, *this).error != servercore::FrameError::None;
    }
}

bool Attacker::OnFramedPacket(const servercore::PacketView& packet) {
    if (WasReady()) {
        events_.OnPacket(*this, packet);
    } else {
        GoOn(packet);
    }
    return true;
}

void Attacker::GoOn(const servercore::PacketView& packet) {
    switch (static_cast<protocol::PacketId>(packet.id)) {
        case protocol::PacketId::S_Hello:
            if (plan_.approach == Approach::Greeted) {
                BecomeReady();
            } else {
                protocol::C_Login login;
                login.set_name(plan_.name);
                (void)Say(login);
            }
            break;
        case protocol::PacketId::S_LoginResult: OnLoginResult(packet); break;
        case protocol::PacketId::S_ZoneEntered: OnZoneEntered(packet); break;
        default: break;
    }
}

void Attacker::OnLoginResult(const servercore::PacketView& packet) {
    protocol::S_LoginResult result;
    if (!ReadBody(packet, result) || result.result() != protocol::LOGIN_OK) {
        Close();
        return;
    }
    token_ = result.resume_token();
    zoneCount_ = result.zone_count();
    if (plan_.approach == Approach::LoggedIn) {
        BecomeReady();
        return;
    }
    protocol::C_EnterZone enter;
    enter.set_zone_id(plan_.zone == 0 ? zoneCount_ : plan_.zone);
    (void)Say(enter);
}

void Attacker::OnZoneEntered(const servercore::PacketView& packet) {
    protocol::S_ZoneEntered entered;
    if (ReadBody(packet, entered)) {
        x_ = entered.x();
        y_ = entered.y();
        BecomeReady();
    }
}

void Attacker::BecomeReady() {
    readyAt_.store(clock_.Now().time_since_epoch().count());
    stage_.store(Stage::Ready);
    events_.OnReady(*this);
}

void Attacker::End(const servercore::CloseInfo& info) {
    end_ = info;
    endedAt_ = clock_.Now();
    stage_.store(Stage::Gone);
}

}  // namespace loadtest::attack
