// The game: a room in which everybody hears everybody.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "Protocol/Packets.gen.h"
#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Buffer/SendBuffer.h"
#include "ServerCore/Job/JobQueue.h"
#include "ServerCore/Job/JobTimer.h"
#include "ServerCore/Job/JobTimers.h"

namespace mytitle {

using PlayerId = std::uint64_t;

// Where packets for a player go: a session; in tests, a list.
// Threads: Deliver is called by the room's jobs, one at a time.
class PlayerChannel {
public:
    virtual void Deliver(servercore::SendBufferRef packet) = 0;

protected:
    ~PlayerChannel() = default;
};

// What a room did in its life.
struct RoomTotals {
    std::uint64_t ticks = 0;
    std::uint64_t entered = 0;
    std::uint64_t left = 0;
    std::uint64_t lines = 0;
    std::size_t present = 0;
};

// One line, "room key=value ...".
[[nodiscard]] std::string ToString(const RoomTotals& totals);

// What is said leaves at the next tick, in as few packets as hold it: the same packets for everybody.
// Owner: RoomServer; jobs share it while queued.  Threads: the public methods are safe from any; the state is serialised by the job queue,
// so it needs no lock.
class Room final : public std::enable_shared_from_this<Room> {
public:
    using PostResult = servercore::JobQueue::PostResult;

    // `executor` and `clock` outlive the room.
    Room(servercore::JobExecutor& executor, const servercore::Clock& clock);

    // For one player in this order: Enter, any number of Say, Leave. What is not Queued does not happen. A Leave that is lost is made good
    // by the tick that finds the channel gone.
    [[nodiscard]] PostResult Enter(PlayerId player, std::weak_ptr<PlayerChannel> channel);
    [[nodiscard]] PostResult Say(PlayerId player, std::uint32_t line, std::string text);
    void Leave(PlayerId player);

    // Ticks from now on. Once; `timers` outlives the room.
    void StartTicking(servercore::JobTimers& timers, std::chrono::milliseconds period);
    // Precondition: the timers have stopped. Takes no more jobs; those queued still run, and then a last tick.
    void Close();

    // As of the last tick.
    [[nodiscard]] RoomTotals Totals() const SC_EXCLUDES(totalsMutex_);
    // Packets of the room that somebody still holds.
    [[nodiscard]] std::size_t BuffersOutstanding() const noexcept { return buffers_.Outstanding(); }

private:
    void Welcome(PlayerId player, const std::weak_ptr<PlayerChannel>& channel);
    void Tick();
    [[nodiscard]] std::vector<servercore::SendBufferRef> TakeSaid();
    void Deliver(const std::vector<servercore::SendBufferRef>& packets);

    const std::shared_ptr<servercore::JobQueue> jobs_;
    servercore::SendBufferPool buffers_;
    std::optional<servercore::JobTimer> ticker_;

    // Serialised by jobs_.
    std::unordered_map<PlayerId, std::weak_ptr<PlayerChannel>> players_;
    std::vector<protocol::Said> said_;  // since the last tick
    RoomTotals running_;

    mutable servercore::Mutex totalsMutex_;
    RoomTotals totals_ SC_GUARDED_BY(totalsMutex_);
};

}  // namespace mytitle
