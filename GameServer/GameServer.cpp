#include "GameServer/GameServer.h"

#include <utility>

#include <fmt/format.h>

#include "GameServer/GameSession.h"
#include "GameServer/Notice.h"
#include "Protocol/Packets.gen.h"
#include "ServerCore/Packet/PacketInfo.h"

namespace game {

namespace {

// Room for the list of a full zone on top of some seconds of updates.
constexpr std::size_t kSendQueueBytes = std::size_t{1024} * 1024;

// How often those are looked for who will not come back.
constexpr std::chrono::seconds kUpkeepPeriod{1};

// So many moves and chats take a zone some milliseconds; when more wait, it is behind, and its players are read more slowly.
constexpr std::size_t kManyJobs = 4096;

std::shared_ptr<const servercore::PacketLimits> PacketLimitsFrom(const GameServerConfig& config) {
    servercore::PacketLimitsConfig limits;
    limits.packets = {.perSecond = config.packetsPerSecond, .burst = config.packetBurst};
    if (config.packetsPerSecond != 0) {
        limits.ids = servercore::PacketIdLimitsOf(protocol::kClientPackets);
    }
    return std::make_shared<const servercore::PacketLimits>(*servercore::PacketLimits::Create(std::move(limits)));
}

servercore::SessionLimits SessionLimitsFrom(const GameServerConfig& config) {
    servercore::SessionLimits limits;
    limits.sendHardBytes = kSendQueueBytes;
    limits.packetBytes = servercore::LargestPacket(protocol::kClientPackets);
    limits.idleTimeout = config.idleTimeout;
    limits.packets = PacketLimitsFrom(config);
    return limits;
}

servercore::ServiceConfig ServiceConfigFrom(const GameServerConfig& config) {
    servercore::ServiceConfig service;
    service.name = "game";
    service.workers = config.workers;
    service.portMode = config.portMode;
    service.maxSessions = config.maxPlayers;
    service.admission = config.admission;
    service.limits = SessionLimitsFrom(config);
    service.flushing = config.flush.count() == 0 ? servercore::FlushPolicy::EndOfBatch : servercore::FlushPolicy::Tick;
    service.tick = config.flush;
    return service;
}

ZoneConfig ZoneConfigFrom(const GameServerConfig& config) {
    ZoneConfig zone;
    zone.tick = config.tick;
    zone.maxSpeed = config.maxSpeed;
    zone.jobs.name = "zone job";
    zone.jobs.highWater = kManyJobs;
    zone.jobs.lowWater = kManyJobs / 4;
    return zone;
}

}  // namespace

GameServer::GameServer(servercore::platform::Network& network, const GameServerConfig& config, const servercore::Clock& clock,
                       servercore::Logger& log)
    : logic_(config.logic),
      logicThreads_(config.logicThreads),
      watchdog_(clock, {}, [&log](const servercore::StallReport& report) { log.Warning("{}", servercore::Describe(report)); }),
      logicPool_("logic"),
      timers_(clock),
      service_(
          network, ServiceConfigFrom(config), [this] { return std::make_shared<GameSession>(context_); }, clock, log),
      logicOnWorkers_(service_, logicThreads_),
      world_(Executor(), clock, service_.Buffers(), log, config.zones, ZoneConfigFrom(config)),
      upkeep_(std::make_shared<servercore::JobQueue>(Executor(), clock, servercore::JobQueueLimits{.name = "upkeep"})),
      context_{.world = world_,
               .players = players_,
               .buffers = service_.Buffers(),
               .offences = offences_,
               .clock = clock,
               .log = log,
               .resumeTime = config.resumeTime},
      bindRetry_(config.bindRetry) {}

GameServer::~GameServer() {
    Stop();
}

std::error_code GameServer::Start(const servercore::NetAddress& address) {
    if (const std::error_code error = service_.Start({.address = address, .options = {}, .bindRetry = bindRetry_})) {
        return error;
    }
    isRunning_ = true;
    watchdog_.Start();
    if (logic_ == LogicThreads::OwnPool) {
        logicPool_.Start(logicThreads_, &watchdog_);
    }
    if (const std::error_code error = timers_.Start("timers")) {
        Stop();
        return error;
    }
    world_.StartTicking(timers_);
    upkeepTimer_.emplace(timers_, upkeep_, "upkeep", [this] { RemoveTheLost(); });
    upkeepTimer_->Every(kUpkeepPeriod);
    return {};
}

void GameServer::SetLimits(const GameServerConfig& config) {
    service_.SetAdmission(config.maxPlayers, config.admission);
    service_.SetLimits(SessionLimitsFrom(config));
}

void GameServer::Stop() {
    if (!std::exchange(isRunning_, false)) {
        return;
    }
    timers_.Stop();
    DismissAll();
    service_.Stop();
    while (service_.Wait(std::chrono::seconds(1)) == servercore::WaitResult::TimedOut) {
        // Ends by itself: the service resets what is left at its stop timeout.
    }
    DismissAll();  // those who had lost their connection, and who came in between
    upkeepTimer_.reset();
    upkeep_->Close();
    world_.Close();
    // The jobs that are left hold buffers.
    if (logic_ == LogicThreads::OwnPool) {
        logicPool_.Stop();
    } else {
        logicOnWorkers_.RunRest();
    }
}

void GameServer::DismissAll() {
    const servercore::SendBufferRef notice =
        MakeNotice(service_.Buffers(), protocol::DISCONNECT_SERVER_STOPPING, "the server is shutting down");
    for (const std::shared_ptr<Player>& player : players_.All()) {
        player->Dismiss(notice, servercore::CloseReason::ServiceStopping);
        players_.Remove(*player);
    }
}

void GameServer::RemoveTheLost() {
    const servercore::TimePoint tooLong = context_.clock.Now() - context_.resumeTime;
    for (const std::shared_ptr<Player>& player : players_.All()) {
        if (player->LeaveIfLostSince(tooLong)) {
            players_.Remove(*player);
            context_.log.Debug("player {} ({}) did not come back", player->Info().id, player->Info().name);
        }
    }
}

// --- The operator ------------------------------------------------------------------------------------------------------

void GameServer::Say(std::string_view text) {
    protocol::S_Announcement announcement;
    announcement.set_text(text.data(), text.size());
    const servercore::SendBufferRef packet = protocol::MakeSendBuffer(service_.Buffers(), announcement);
    for (const std::shared_ptr<Player>& player : players_.All()) {
        player->Deliver(packet, {});
    }
    context_.log.Info("said to everybody: {}", text);
}

bool GameServer::Kick(const std::string& name, std::string_view reason) {
    const std::shared_ptr<Player> player = players_.Named(name);
    if (player == nullptr) {
        return false;
    }
    player->Dismiss(MakeNotice(service_.Buffers(), protocol::DISCONNECT_KICKED, reason), servercore::CloseReason::Kicked);
    players_.Remove(*player);
    context_.log.Info("player {} ({}) was kicked: {}", player->Info().id, name, reason);
    return true;
}

void GameServer::Drain(std::chrono::seconds time) {
    {
        servercore::MutexLock lock(drainMutex_);
        drainDeadline_ = context_.clock.Now() + time;
    }
    context_.isDraining.store(true);
    context_.log.Info("draining: nobody new comes in, the server stops when all have left, in {} s at the latest", time.count());
    Say(fmt::format("The server will stop in {} seconds.", time.count()));
}

bool GameServer::IsDrained() const {
    servercore::MutexLock lock(drainMutex_);
    return drainDeadline_ && (PlayersOnline() == 0 || context_.clock.Now() >= *drainDeadline_);
}

servercore::JobExecutor& GameServer::Executor() noexcept {
    if (logic_ == LogicThreads::OwnPool) {
        return logicPool_;
    }
    return logicOnWorkers_;
}

WorldTotals GameServer::GetWorldTotals() const {
    WorldTotals totals = world_.Totals();
    totals.whispers = context_.whispers.load();
    return totals;
}

bool GameServer::IsBalanced() const {
    return GetLedger().IsBalanced() && PlayersOnline() == 0 && world_.Totals().present == 0;
}

std::string DescribeListenFailure(const std::string& address, std::error_code error) {
    const char* advice = "see --listen";
    if (error == std::errc::address_in_use) {
        advice = "another program listens there; stop it or choose another port with --listen";
    } else if (error == std::errc::operation_canceled) {
        advice = "stopped while it waited for the port";
    } else if (error == std::errc::address_not_available) {
        advice = "no network interface of this machine has that address, or the name is unknown; check --listen";
    } else if (error == std::errc::permission_denied) {
        advice = "the system reserves that port, or another program holds it; choose another port with --listen";
    }
    return fmt::format("GameServer: cannot listen on {}: {} ({})", address, error.message(), advice);
}

}  // namespace game
