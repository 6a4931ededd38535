#pragma once

#include <cstddef>
#include <utility>

#include "DummyClient/Kit/Traffic.h"
#include "Protocol/Packets.gen.h"
#include "ServerCore/Buffer/SendBuffer.h"
#include "ServerCore/Net/PacketSession.h"

namespace loadtest {

class WorldBot;

// One connection of a bot. It may outlive its use: the bot then ignores what it says.
// Owner: its service.  Threads: as PacketSession.
class WorldBotSession final : public servercore::PacketSession {
public:
    // All of them outlive it.
    WorldBotSession(WorldBot& bot, servercore::SendBufferPool& buffers, Traffic& traffic)
        : bot_(bot), buffers_(buffers), traffic_(traffic) {}

    // False: not sent, the connection is gone.
    template <class Message>
    [[nodiscard]] bool TrySend(const Message& message) {
        servercore::SendBufferRef packet = game::protocol::MakeSendBuffer(buffers_, message);
        const std::size_t bytes = packet->Size();
        const bool isQueued = IsQueued(Send(std::move(packet)));
        if (isQueued) {
            traffic_.OnSent(bytes);
        }
        return isQueued;
    }

protected:
    void OnConnected() override;
    void OnConnectFailed(const servercore::CloseInfo& info) override;
    void OnPacket(const servercore::PacketView& packet) override;
    void OnDisconnected(const servercore::CloseInfo& info) override;

private:
    WorldBot& bot_;
    servercore::SendBufferPool& buffers_;
    Traffic& traffic_;
};

}  // namespace loadtest
