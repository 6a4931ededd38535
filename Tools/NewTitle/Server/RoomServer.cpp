// Wires the engine's service to the room.
#include "Server/RoomServer.h"

#include <utility>

#include "Protocol/Packets.gen.h"
#include "Server/PlayerSession.h"
#include "ServerCore/Packet/PacketInfo.h"

namespace mytitle {

namespace {

// Of all packets together, a second; single ones have rates of their own in the schema.
constexpr servercore::TokenRate kPacketRate{.perSecond = 100, .burst = 200};

servercore::ServiceConfig ServiceConfigFrom(const ServerConfig& config) {
    servercore::PacketLimitsConfig packets;
    packets.packets = kPacketRate;
    packets.ids = servercore::PacketIdLimitsOf(protocol::kClientPackets);

    servercore::ServiceConfig service;
    service.name = "mytitle";
    service.workers = config.workers;
    service.maxSessions = config.maxPlayers;
    service.limits.packetBytes = servercore::LargestPacket(protocol::kClientPackets);
    service.limits.packets = std::make_shared<const servercore::PacketLimits>(*servercore::PacketLimits::Create(std::move(packets)));
    return service;
}

}  // namespace

RoomServer::RoomServer(const ServerWorld& world, const ServerConfig& config)
    : timers_(world.timers),
      tick_(config.tick),
      room_(std::make_shared<Room>(world.executor, world.clock)),
      service_(
          world.network, ServiceConfigFrom(config), [this, &log = world.log] { return std::make_shared<PlayerSession>(*room_, log); },
          world.clock, world.log) {}

std::error_code RoomServer::Start(const servercore::NetAddress& address) {
    if (const std::error_code error = service_.Start({.address = address, .options = {}})) {
        return error;
    }
    room_->StartTicking(timers_, tick_);
    return {};
}

servercore::WaitResult RoomServer::Wait(std::chrono::milliseconds timeout) {
    const servercore::WaitResult result = service_.Wait(timeout);
    if (result == servercore::WaitResult::Stopped) {
        room_->Close();
    }
    return result;
}

bool RoomServer::IsBalanced() const {
    return GetLedger().IsBalanced() && GetRoomTotals().present == 0 && room_->BuffersOutstanding() == 0;
}

}  // namespace mytitle
