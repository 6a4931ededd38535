#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "GameServer/World/InterestGrid.h"
#include "GameServer/World/PlayerInfo.h"
#include "GameServer/World/PlayerLink.h"
#include "GameServer/World/Sight.h"
#include "GameServer/World/SightPackets.h"
#include "GameServer/World/TickWatch.h"
#include "GameServer/World/ZoneMembers.h"
#include "GameServer/World/ZonePackets.h"
#include "GameServer/World/ZoneTotals.h"
#include "ServerCore/App/ReceiveBrake.h"
#include "ServerCore/Base/Log.h"
#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Base/ThreadAnnotations.h"
#include "ServerCore/Job/JobQueue.h"
#include "ServerCore/Job/JobTimer.h"
#include "ServerCore/Job/JobTimers.h"

namespace game {

struct ZoneConfig {
    // Between two updates; the players are told.
    std::chrono::milliseconds tick{50};
    // In units per second; 0: no limit.
    std::uint32_t maxSpeed = 1000;
    servercore::JobQueueLimits jobs{};
    // Of the grid that says who sees whom, in units; see InterestGrid.
    std::int32_t cellSize = 2500;
};

// A part of the world. Players see who is near, and hear everybody.
//
// Nothing leaves between ticks. A tick works out where all stand and tells each player in one go what has changed for it, in the order
// that Protocol/STANDARD.md gives: who went out of sight, who came into sight, chats, its own correction, moves. A packet that several
// players get is made once.
//
// Owner: World; sessions and jobs share it.  Threads: the public methods are safe from any; the state is serialised by the job queue.
class Zone final : public std::enable_shared_from_this<Zone> {
public:
    using PostResult = servercore::JobQueue::PostResult;

    // The references outlive the zone. Make it with std::make_shared.
    Zone(ZoneId id, servercore::JobExecutor& executor, const servercore::Clock& clock, servercore::SendBufferPool& buffers,
         servercore::Logger& log, const ZoneConfig& config);

    // For one player in this order: Enter (or MoveOn from another zone), any number of Move, Chat and Refresh, then MoveOn or Leave. What
    // comes for a player that is not in the zone is ignored. Sequences and texts are the caller's to check.
    //
    // Enter is for a player that was in no zone on this connection before; one whose link has left already is not taken in.
    [[nodiscard]] PostResult Enter(PlayerInfo player, std::shared_ptr<PlayerLink> link);
    // One that is too far for the time since the last, or leads out of the zone, is not taken: the player is put back.
    [[nodiscard]] PostResult Move(PlayerId player, std::uint32_t sequence, Position position, servercore::TimePoint receivedAt);
    [[nodiscard]] PostResult Chat(PlayerId player, std::uint32_t sequence, std::string text);
    // At the next tick the player gets S_Moved of everybody in sight, also of those that stood still.
    [[nodiscard]] PostResult Refresh(PlayerId player);
    // At the next tick the player has got all that was said before, is gone for the others, and then goes to `next`, which may be this
    // zone. When `next` does not take it: PlayerLink::OnZoneRefused.
    [[nodiscard]] PostResult MoveOn(PlayerId player, std::shared_ptr<Zone> next);
    // The link has left before. One that does not fit is made good by the tick that finds this out.
    void Leave(PlayerId player);

    // For sessions that have posted: they read no more while the zone has more to do than it should (ZoneConfig::jobs).
    [[nodiscard]] servercore::app::ReceiveBrake& Brake() noexcept { return *brake_; }

    // Ticks from now on, the first time a period and `offset` from now. Once; `timers` outlives Close.
    void StartTicking(servercore::JobTimers& timers, servercore::Duration offset = {}) SC_EXCLUDES(tickerMutex_);

    // Precondition: the timers have stopped. Takes no more jobs; those queued still run, and behind them a last tick, which lets the last
    // leavers go.
    void Close() SC_EXCLUDES(tickerMutex_);

    [[nodiscard]] ZoneId Id() const noexcept { return id_; }
    // As of the last tick.
    [[nodiscard]] ZoneTotals Totals() const SC_EXCLUDES(totalsMutex_);

private:
    [[nodiscard]] PostResult EnterAs(Traveller traveller);

    // Jobs (Zone.cpp).
    void OnEnter(const Traveller& traveller);
    void OnMove(PlayerId player, std::uint32_t sequence, Position position, servercore::TimePoint receivedAt);
    void OnChat(PlayerId player, std::uint32_t sequence, const std::string& text);
    void OnLeave(PlayerId player);

    // The tick (ZoneTick.cpp).
    void TickInTime() SC_EXCLUDES(tickerMutex_);
    void Tick();
    void LetGo();
    void PlaceMovers();
    void AdmitNewcomers();
    void TellEverybody();
    void Tell(Member& member, bool nearbyHasChanged);
    void TellSight(Member& member);
    void TellChats(Member& member);
    void TellCorrection(Member& member);
    void TellMoves(Member& member);
    void TellMove(Member& receiver, Member& mover, std::uint32_t key);
    void SayFarewell(Member& member);
    void SendOn();
    void EndTick() SC_EXCLUDES(totalsMutex_);

    const ZoneId id_;
    const ZoneConfig config_;
    const std::shared_ptr<servercore::app::ReceiveBrake> brake_;
    const std::shared_ptr<servercore::JobQueue> jobs_;

    servercore::Mutex tickerMutex_;
    std::optional<servercore::JobTimer> ticker_ SC_GUARDED_BY(tickerMutex_);

    // Serialised by jobs_, all that follows but the totals.
    TickWatch watch_;
    ZoneMembers members_;
    InterestGrid grid_;
    ZonePackets packets_;
    SightPackets sightPackets_;
    ZoneTotals running_;

    // Since the last tick.
    std::vector<Traveller> newcomers_;
    std::vector<std::unique_ptr<Member>> departing_;
    PacketList chats_;
    std::uint32_t chatNumber_ = 0;      // of the last chat
    std::uint32_t toldChatNumber_ = 0;  // of the last chat of the tick before
    bool hasMoves_ = false;
    ZoneGreeting greeting_;

    // Memory that is used again.
    std::vector<Occupant> nearby_;
    SightChange change_;
    std::vector<SeenPlayer> spare_;

    mutable servercore::Mutex totalsMutex_;
    ZoneTotals totals_ SC_GUARDED_BY(totalsMutex_);
};

}  // namespace game
