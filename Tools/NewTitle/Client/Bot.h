// One client that talks and listens.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

#include "Client/ClientConfig.h"
#include "Client/Crowd.h"
#include "Protocol/Packets.gen.h"
#include "ServerCore/Net/ClientService.h"
#include "ServerCore/Net/PacketSession.h"

namespace mytitle {

// Enters the room. The last bot in gives the word to begin; then each says its lines, the next one when it has heard the one before.
// Finished is who has heard all lines of all bots, each once, in order and as it was said. Threads: the callbacks do not overlap. `crowd`
// and `buffers` outlive it.
class Bot final : public servercore::PacketSession, private protocol::ServerPacketHandler {
public:
    Bot(Crowd& crowd, servercore::SendBufferPool& buffers) noexcept
        : crowd_(crowd), buffers_(buffers), toSay_(crowd.Lines()), toHear_(crowd.LinesOfAll()) {}

private:
    using PacketVerdict = servercore::PacketVerdict;

    void OnConnected() override;
    void OnConnectFailed(const servercore::CloseInfo& info) override;
    void OnPacket(const servercore::PacketView& packet) override;
    void OnDisconnected(const servercore::CloseInfo& info) override;

    PacketVerdict OnHello(const protocol::S_Hello& packet) override;
    PacketVerdict OnSaid(const protocol::S_Said& packet) override;

    void Hear(const protocol::Said& said);
    void Say(const std::string& text);
    void SayNextLine();
    template <class Message>
    void SendPacket(const Message& message);

    Crowd& crowd_;
    servercore::SendBufferPool& buffers_;

    // Confined to the callbacks.
    std::uint64_t player_ = 0;                                    // our own number
    std::uint32_t lastSaid_ = 0;                                  // line
    std::uint32_t toSay_;                                         // lines
    std::uint64_t toHear_;                                        // lines of all bots
    std::unordered_map<std::uint64_t, std::uint32_t> lastHeard_;  // line, by player
};

// Begins to connect all bots of a run; false, and the crowd is told why, when one cannot even begin.
[[nodiscard]] bool ConnectBots(servercore::ClientService& service, const servercore::NetAddress& server, std::size_t bots, Crowd& crowd);

// For the ClientService that they live in.
[[nodiscard]] servercore::ServiceConfig ServiceConfigFor(const ClientConfig& config);

}  // namespace mytitle
