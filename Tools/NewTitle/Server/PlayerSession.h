// One connected client, as the server sees it.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "Protocol/Packets.gen.h"
#include "Server/Room.h"
#include "ServerCore/Base/Log.h"
#include "ServerCore/Net/PacketSession.h"

namespace mytitle {

// Stranger --C_Hello--> InRoom. Who sends what is no packet, does not fit the state or breaks a rule is disconnected.
//
// One method for each packet of a client: a new packet in the schema adds a pure virtual method to ClientPacketHandler, and the compiler
// asks for it here.
// Threads: the callbacks do not overlap; Deliver is safe from any. `room` and `log` outlive it.
class PlayerSession final : public servercore::PacketSession, public PlayerChannel, private protocol::ClientPacketHandler {
public:
    PlayerSession(Room& room, servercore::Logger& log) noexcept : room_(room), log_(log) {}

    void Deliver(servercore::SendBufferRef packet) override { (void)Send(std::move(packet)); }

private:
    using PacketVerdict = servercore::PacketVerdict;

    void OnPacket(const servercore::PacketView& packet) override;
    void OnDisconnected(const servercore::CloseInfo& info) override;

    PacketVerdict OnHello(const protocol::C_Hello& packet) override;
    PacketVerdict OnSay(const protocol::C_Say& packet) override;

    void CloseUnlessQueued(Room::PostResult result);

    Room& room_;
    servercore::Logger& log_;

    // Confined to the callbacks.
    protocol::SessionState state_ = protocol::SessionState::Stranger;
    std::uint32_t lines_ = 0;
};

}  // namespace mytitle
