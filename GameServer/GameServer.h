#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <system_error>

#include "GameServer/GameServerConfig.h"
#include "GameServer/GameSession.h"
#include "GameServer/Offences.h"
#include "GameServer/PlayerDirectory.h"
#include "GameServer/Zone.h"
#include "ServerCore/App/ReceiveBrake.h"
#include "ServerCore/App/ServiceExecutor.h"
#include "ServerCore/Base/Clock.h"
#include "ServerCore/Base/Log.h"
#include "ServerCore/Base/Watchdog.h"
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

    // Says goodbye to everybody, delivers what is queued, and waits until everything has ended. Any number of times.
    void Stop();

    [[nodiscard]] servercore::Ledger GetLedger() const { return service_.GetLedger(); }
    [[nodiscard]] ZoneTotals GetZoneTotals() const { return zone_->Totals(); }
    // Packets that were not accepted, of all sessions.
    [[nodiscard]] const OffenceCounts& GetOffences() const noexcept { return offences_; }
    [[nodiscard]] std::size_t PlayersOnline() const { return players_.Count(); }

    // After Stop: nothing is held any more, neither by the engine nor by the game.
    [[nodiscard]] bool IsBalanced() const;

private:
    [[nodiscard]] servercore::JobExecutor& Executor() noexcept;

    // Destroyed in reverse: each line uses only the lines above it, but for the sessions made by the service, which use everything.
    // They are gone once Stop has returned.
    const LogicThreads logic_;
    servercore::Watchdog watchdog_;        // of the logic threads; the service has its own
    servercore::WorkerPool logicThreads_;  // idle, if the I/O workers run the jobs
    servercore::JobTimers timers_;
    PlayerDirectory players_;
    OffenceCounts offences_;
    servercore::ServerService service_;
    servercore::app::ServiceExecutor logicOnWorkers_;
    const std::shared_ptr<Zone> zone_;
    const std::shared_ptr<servercore::app::ReceiveBrake> brake_ = std::make_shared<servercore::app::ReceiveBrake>();
    GameContext context_;
    const std::chrono::milliseconds bindRetry_;
    bool isRunning_ = false;
};

// What went wrong, and what the operator can do about it.
[[nodiscard]] std::string DescribeListenFailure(const std::string& address, std::error_code error);

}  // namespace game
