#pragma once

#include "Protocol/Packets.gen.h"
#include "ServerCore/Net/PacketSession.h"

namespace loadtest {

class Bot;

// One connection of a bot. It may outlive its use: the bot then ignores what it says.
// Owner: its service.  Threads: as PacketSession.
class BotSession final : public servercore::PacketSession {
public:
    // `bot` and `buffers` outlive it.
    BotSession(Bot& bot, servercore::SendBufferPool& buffers) : bot_(bot), buffers_(buffers) {}

    // False: not sent, the connection is gone.
    template <class Message>
    [[nodiscard]] bool TrySend(const Message& message) {
        return IsQueued(Send(game::protocol::MakeSendBuffer(buffers_, message)));
    }

protected:
    void OnConnected() override;
    void OnConnectFailed(const servercore::CloseInfo& info) override;
    void OnPacket(const servercore::PacketView& packet) override;
    void OnDisconnected(const servercore::CloseInfo& info) override;

private:
    Bot& bot_;
    servercore::SendBufferPool& buffers_;
};

}  // namespace loadtest
