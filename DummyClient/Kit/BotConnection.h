#pragma once

#include "DummyClient/Kit/BotBase.h"
#include "DummyClient/Kit/Traffic.h"
#include "ServerCore/Net/PacketHeader.h"
#include "ServerCore/Net/PacketSession.h"

namespace loadtest {

// One connection of a bot. It may outlive its use: the bot then ignores what it says.
// Owner: its service.  Threads: as PacketSession.
class BotConnection final : public servercore::PacketSession {
public:
    // Both outlive it.
    BotConnection(BotBase& bot, Traffic& traffic) : bot_(bot), traffic_(traffic) {}

protected:
    void OnConnected() override { bot_.OnConnected(*this); }
    void OnConnectFailed(const servercore::CloseInfo& info) override { bot_.OnGone(*this, info); }
    void OnPacket(const servercore::PacketView& packet) override {
        traffic_.OnReceived(servercore::kPacketHeaderBytes + packet.body.size());
        bot_.OnPacket(*this, packet);
    }
    void OnDisconnected(const servercore::CloseInfo& info) override { bot_.OnGone(*this, info); }

private:
    BotBase& bot_;
    Traffic& traffic_;
};

}  // namespace loadtest
