#include "DummyClient/World/WorldBotSession.h"

#include "DummyClient/World/WorldBot.h"

namespace loadtest {

void WorldBotSession::OnConnected() {
    bot_.OnConnected(*this);
}

void WorldBotSession::OnConnectFailed(const servercore::CloseInfo& info) {
    bot_.OnGone(*this, info);
}

void WorldBotSession::OnPacket(const servercore::PacketView& packet) {
    traffic_.OnReceived(servercore::kPacketHeaderBytes + packet.body.size());
    bot_.OnPacket(*this, packet);
}

void WorldBotSession::OnDisconnected(const servercore::CloseInfo& info) {
    bot_.OnGone(*this, info);
}

}  // namespace loadtest
