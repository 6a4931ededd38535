#include "DummyClient/BotSession.h"

#include "DummyClient/Bot.h"

namespace loadtest {

void BotSession::OnConnected() {
    bot_.OnConnected(*this);
}

void BotSession::OnConnectFailed(const servercore::CloseInfo& info) {
    bot_.OnGone(*this, info);
}

void BotSession::OnPacket(const servercore::PacketView& packet) {
    traffic_.OnReceived(servercore::kPacketHeaderBytes + packet.body.size());
    bot_.OnPacket(*this, packet);
}

void BotSession::OnDisconnected(const servercore::CloseInfo& info) {
    bot_.OnGone(*this, info);
}

}  // namespace loadtest
