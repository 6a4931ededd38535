#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "GameServer/GameContext.h"
#include "GameServer/GameServerConfig.h"
#include "GameServer/Offences.h"
#include "GameServer/Players/PlayerDirectory.h"
#include "GameServer/World/World.h"
#include "ServerCore/App/ServiceExecutor.h"
#include "ServerCore/Base/Clock.h"
#include "ServerCore/Base/Log.h"
#include "ServerCore/Base/Watchdog.h"
#include "ServerCore/Job/JobQueue.h"
#include "ServerCore/Job/JobTimer.h"
#include "ServerCore/Job/JobTimers.h"
#include "ServerCore/Job/WorkerPool.h"
#include "ServerCore/Net/Ledger.h"
#include "ServerCore/Net/ServerService.h"
#include "ServerCore/Platform/Network.h"

namespace game {

// The whole server without its process: several may live in one test.
// Owner: main() or a test. `network`, `clock` and `log` outlive it.  Threads: the owner's.
class GameServer {
public:
    GameServer(servercore::platform::Network& network, const GameServerConfig& config, const servercore::Clock& clock,
               servercore::Logger& log);
    // Stops.
    ~GameServer();
    GameServer(const GameServer&) = delete;
    GameServer& operator=(const GameServer&) = delete;

    // Once. On a failure nothing is running. Blocks while the port is in use (GameServerConfig::bindRetry) until CancelStart, which may
    // come from another thread.
    [[nodiscard]] std::error_code Start(const servercore::NetAddress& address);
    void CancelStart() { service_.Stop(); }

    // After a successful Start.
    [[nodiscard]] const servercore::NetAddress& ListenAddress() const noexcept { return service_.ListenAddress(); }

    // Takes over what may change while it runs: who comes in, and what a client may do.
    void SetLimits(const GameServerConfig& config);

    // --- What an operator may do while it runs; from any thread

    // Tells everybody.
    void Say(std::string_view text);
    // False: nobody of that name is online.
    [[nodiscard]] bool Kick(const std::string& name, std::string_view reason);
    // Nobody new logs in any more; players who lost their connection may still resume. Tells everybody.
    void Drain(std::chrono::seconds time);
    // It drains, and everybody has left or the time is over.
    [[nodiscard]] bool IsDrained() const SC_EXCLUDES(drainMutex_);

    // Says goodbye to everybody, delivers what is queued, and waits until everything has ended. Any number of times.
    void Stop();

    [[nodiscard]] servercore::Ledger GetLedger() const { return service_.GetLedger(); }
    [[nodiscard]] const World& GetWorld() const noexcept { return world_; }
    [[nodiscard]] WorldTotals GetWorldTotals() const;
    // Packets that were not accepted, of all sessions.
    [[nodiscard]] const OffenceCounts& GetOffences() const noexcept { return offences_; }
    // Those who may still come back included.
    [[nodiscard]] std::size_t PlayersOnline() const { return players_.Count(); }
    [[nodiscard]] const PlayerDirectory& Players() const noexcept { return players_; }

    // After Stop: nothing is held any more, neither by the engine nor by the game.
    [[nodiscard]] bool IsBalanced() const;

private:
    [[nodiscard]] servercore::JobExecutor& Executor() noexcept;
    void RemoveTheLost();
    void DismissAll();

    // Destroyed in reverse: each line uses only the lines above it, but for the sessions made by the service, which use everything.
    // They are gone once Stop has returned.
    const LogicThreads logic_;
    const std::size_t logicThreads_;
    servercore::Watchdog watchdog_;     // of the logic threads; the service has its own
    servercore::WorkerPool logicPool_;  // idle, if the I/O workers run the jobs
    servercore::JobTimers timers_;
    PlayerDirectory players_;
    OffenceCounts offences_;
    servercore::ServerService service_;
    servercore::app::ServiceExecutor logicOnWorkers_;
    World world_;
    const std::shared_ptr<servercore::JobQueue> upkeep_;
    std::optional<servercore::JobTimer> upkeepTimer_;
    GameContext context_;
    const std::chrono::milliseconds bindRetry_;
    bool isRunning_ = false;

    mutable servercore::Mutex drainMutex_;
    std::optional<servercore::TimePoint> drainDeadline_ SC_GUARDED_BY(drainMutex_);
};

// What went wrong, and what the operator can do about it.
[[nodiscard]] std::string DescribeListenFailure(const std::string& address, std::error_code error);

}  // namespace game
