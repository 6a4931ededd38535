#include "GameServer/GameServer.h"

#include <utility>

#include <fmt/format.h>

#include "Protocol/Packets.gen.h"
#include "ServerCore/Packet/PacketInfo.h"

namespace game {

namespace {

// Room for the list of a full zone on top of some seconds of updates.
constexpr std::size_t kSendQueueBytes = std::size_t{1024} * 1024;

// The zone is one job queue, so more threads or lanes would have nothing to do.
constexpr std::size_t kLogicThreads = 1;

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
    return service;
}

ZoneConfig ZoneConfigFrom(const GameServerConfig& config) {
    ZoneConfig zone;
    zone.tick = config.tick;
    zone.jobs.name = "zone job";
    zone.jobs.highWater = kManyJobs;
    zone.jobs.lowWater = kManyJobs / 4;
    return zone;
}

}  // namespace

GameServer::GameServer(servercore::platform::Network& network, const GameServerConfig& config, const servercore::Clock& clock,
                       servercore::Logger& log)
    : logic_(config.logic),
      watchdog_(clock, {}, [&log](const servercore::StallReport& report) { log.Warning("{}", servercore::Describe(report)); }),
      logicThreads_("logic"),
      timers_(clock),
      service_(
          network, ServiceConfigFrom(config), [this] { return std::make_shared<GameSession>(context_); }, clock, log),
      logicOnWorkers_(service_, kLogicThreads),
      zone_(std::make_shared<Zone>(Executor(), clock, service_.Buffers(), ZoneConfigFrom(config))),
      context_{.zone = *zone_,
               .brake = *brake_,
               .players = players_,
               .buffers = service_.Buffers(),
               .offences = offences_,
               .clock = clock,
               .log = log},
      bindRetry_(config.bindRetry) {
    zone_->SetBacklogObserver(brake_);
}

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
        logicThreads_.Start(kLogicThreads, &watchdog_);
    }
    if (const std::error_code error = timers_.Start("timers")) {
        Stop();
        return error;
    }
    zone_->StartTicking(timers_);
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
    protocol::S_DisconnectNotice notice;
    notice.set_reason(protocol::DISCONNECT_SERVER_STOPPING);
    notice.set_text("the server is shutting down");
    players_.Announce(protocol::MakeSendBuffer(service_.Buffers(), notice));
    service_.Stop();
    while (service_.Wait(std::chrono::seconds(1)) == servercore::WaitResult::TimedOut) {
        // Ends by itself: the service resets what is left at its stop timeout.
    }
    zone_->Close();
    // The jobs that are left hold buffers.
    if (logic_ == LogicThreads::OwnPool) {
        logicThreads_.Stop();
    } else {
        logicOnWorkers_.RunRest();
    }
}

servercore::JobExecutor& GameServer::Executor() noexcept {
    if (logic_ == LogicThreads::OwnPool) {
        return logicThreads_;
    }
    return logicOnWorkers_;
}

bool GameServer::IsBalanced() const {
    return GetLedger().IsBalanced() && PlayersOnline() == 0 && GetZoneTotals().present == 0;
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
