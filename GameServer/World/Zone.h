#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "GameServer/Player.h"
#include "GameServer/ZonePackets.h"
#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Base/ThreadAnnotations.h"
#include "ServerCore/Job/JobQueue.h"
#include "ServerCore/Job/JobTimer.h"
#include "ServerCore/Job/JobTimers.h"

namespace game {

struct ZoneConfig {
    // Between two updates; the players are told.
    std::chrono::milliseconds tick{50};
    servercore::JobQueueLimits jobs;
};

// What a zone did in its life.
struct ZoneTotals {
    std::uint64_t ticks = 0;
    std::uint64_t entered = 0;
    std::uint64_t left = 0;
    std::uint64_t moves = 0;
    std::uint64_t chats = 0;
    std::uint64_t deliveries = 0;  // moves and chats, once for each receiver
    std::size_t present = 0;
    std::uint64_t jobsFailed = 0;  // threw
};

// One line, "zone key=value ...".
[[nodiscard]] std::string ToString(const ZoneTotals& totals);

// A place where everybody sees everybody.
//
// Nothing leaves between ticks: a tick tells everybody who entered, then all moves and chats since the last tick, then who left. So each
// player gets one gathered send per tick, whatever the number of packets, and all see the same order. A newcomer is told the state before
// this tick's moves, and then those moves like everybody else.
//
// Owner: GameServer; jobs share it while queued.  Threads: the public methods are safe from any; the state is serialised by the job queue.
class Zone final : public std::enable_shared_from_this<Zone> {
public:
    using PostResult = servercore::JobQueue::PostResult;

    // `executor`, `clock` and `buffers` outlive the zone.
    Zone(servercore::JobExecutor& executor, const servercore::Clock& clock, servercore::SendBufferPool& buffers, const ZoneConfig& config);

    // For one player in this order: Enter, then any number of Move and Chat, then Leave. Sequences are the caller's to check.
    // A Leave that does not fit is made good by the tick that finds the channel gone.
    [[nodiscard]] PostResult Enter(PlayerInfo player, std::weak_ptr<PlayerChannel> channel);
    [[nodiscard]] PostResult Move(PlayerId player, std::uint32_t sequence, Position position);
    [[nodiscard]] PostResult Chat(PlayerId player, std::uint32_t sequence, std::string text);
    void Leave(PlayerId player);

    // Hears when the zone has more to do than it should (ZoneConfig::jobs). Once, before the first Enter.
    void SetBacklogObserver(std::weak_ptr<servercore::JobBacklogObserver> observer) { jobs_->SetObserver(std::move(observer)); }

    // Ticks from now on. Once; `timers` outlives the zone.
    void StartTicking(servercore::JobTimers& timers);

    // Precondition: the timers have stopped. Takes no more jobs; those queued still run, and behind them a last tick, which lets the last
    // leavers go.
    void Close();

    [[nodiscard]] ZoneTotals Totals() const SC_EXCLUDES(totalsMutex_);

private:
    struct Member {
        PlayerState state;
        std::weak_ptr<PlayerChannel> channel;
        bool isNew = true;  // entered in this tick
    };
    // What one tick has to say.
    struct Frame {
        std::vector<servercore::SendBufferRef> welcome;  // to newcomers
        std::vector<servercore::SendBufferRef> entered;  // to everybody else
        std::vector<servercore::SendBufferRef> updates;  // to all
    };

    void Tick();
    void AdmitNewcomers(Frame& frame);
    void CollectUpdates(Frame& frame);
    void RemoveLeavers(Frame& frame);
    void Deliver(const Frame& frame);
    void CountTick() SC_EXCLUDES(totalsMutex_);

    const std::chrono::milliseconds tick_;
    const std::shared_ptr<servercore::JobQueue> jobs_;
    std::optional<servercore::JobTimer> ticker_;

    // Serialised by jobs_.
    std::unordered_map<PlayerId, Member> members_;
    std::vector<Member> newcomers_;
    std::vector<PlayerId> leavers_;
    std::vector<MoveUpdate> moves_;
    std::vector<ChatUpdate> chats_;
    ZonePackets packets_;
    ZoneTotals running_;

    mutable servercore::Mutex totalsMutex_;
    ZoneTotals totals_ SC_GUARDED_BY(totalsMutex_);
};

}  // namespace game
