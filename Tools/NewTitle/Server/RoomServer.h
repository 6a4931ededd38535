// The whole server without its process: several may live in one test.
#pragma once

#include <chrono>
#include <memory>
#include <system_error>

#include "Server/Room.h"
#include "Server/ServerConfig.h"
#include "ServerCore/Base/Clock.h"
#include "ServerCore/Base/Log.h"
#include "ServerCore/Job/JobExecutor.h"
#include "ServerCore/Job/JobTimers.h"
#include "ServerCore/Net/ServerService.h"
#include "ServerCore/Platform/Network.h"

namespace mytitle {

// What the server runs on: the system's network and threads, or a simulation's. All of it outlives the server.
struct ServerWorld {
    servercore::platform::Network& network;
    servercore::JobExecutor& executor;
    servercore::JobTimers& timers;
    const servercore::Clock& clock;
    servercore::Logger& log;
};

// A service whose sessions share one room.
// Owner: main() or a test.  Threads: the owner's.
class RoomServer {
public:
    RoomServer(const ServerWorld& world, const ServerConfig& config);

    // Once. On a failure nothing is running.
    [[nodiscard]] std::error_code Start(const servercore::NetAddress& address);
    // After a successful Start.
    [[nodiscard]] const servercore::NetAddress& ListenAddress() const noexcept { return service_.ListenAddress(); }

    // To end: stop the timers, BeginStop, Wait until it says Stopped, then let the executor run what is left. Everybody gets what is queued
    // for them; who does not take it is reset after ServiceConfig::stopTimeout.
    void BeginStop() { service_.Stop(); }
    [[nodiscard]] servercore::WaitResult Wait(std::chrono::milliseconds timeout);

    // In place of threads, when ServerConfig::workers is 0. Returns how much there was to do.
    std::size_t Dispatch() { return service_.Dispatch(std::chrono::milliseconds(0)); }

    [[nodiscard]] servercore::Ledger GetLedger() const { return service_.GetLedger(); }
    [[nodiscard]] RoomTotals GetRoomTotals() const { return room_->Totals(); }
    // At the very end: nothing is held any more, neither by the engine nor by the room.
    [[nodiscard]] bool IsBalanced() const;

private:
    servercore::JobTimers& timers_;
    const std::chrono::milliseconds tick_;
    const std::shared_ptr<Room> room_;
    servercore::ServerService service_;  // last: its sessions use the room
};

}  // namespace mytitle
