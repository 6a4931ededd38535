#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "GameServer/Players/KeptQueue.h"
#include "GameServer/Players/ResumeToken.h"
#include "GameServer/World/PlayerInfo.h"
#include "GameServer/World/PlayerLink.h"
#include "ServerCore/Base/Clock.h"
#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Base/ThreadAnnotations.h"
#include "ServerCore/Net/Session.h"

namespace game {

class Zone;

// Where a player is on its way through the game.
enum class PlayerStage : std::uint8_t { Lobby, Entering, InZone, Left };

// What became of something that a client asked for.
enum class Outcome : std::uint8_t {
    Done,
    Superseded,  // by a connection that is no longer the player's
    BadSequence,
    Overloaded  // the zone has more to do than it can
};

// Which of a client's packets were taken last.
struct Sequences {
    std::uint32_t move = 0;
    std::uint32_t chat = 0;
    std::uint32_t whisper = 0;
};

// Somebody who is logged in. Outlives the connection when that breaks: packets are kept, until the player comes back on another one, or has
// been away for too long.
//
// What one client does reaches the zone in its order, also across a change of connections: the zone's queue is fed under the mutex, and
// only by the connection that is the player's at the time.
// Owner: PlayerDirectory, its session and its zone, together.  Threads: safe from any. Calls into zones and sessions, never the other way
// round under their locks.
class Player final : public PlayerLink, public std::enable_shared_from_this<Player> {
public:
    using Connection = std::shared_ptr<servercore::Session>;

    // `buffers` outlives it.
    Player(PlayerInfo info, ResumeToken token, servercore::SendBufferPool& buffers);

    [[nodiscard]] const PlayerInfo& Info() const noexcept { return info_; }
    [[nodiscard]] const ResumeToken& Token() const noexcept { return token_; }
    [[nodiscard]] PlayerStage Stage() const noexcept { return stage_.load(); }

    // --- What its client does; `by` says by which connection

    [[nodiscard]] Outcome Enter(servercore::Session& by, std::shared_ptr<Zone> zone) SC_EXCLUDES(mutex_);
    [[nodiscard]] Outcome Move(servercore::Session& by, std::uint32_t sequence, Position position, servercore::TimePoint now)
        SC_EXCLUDES(mutex_);
    [[nodiscard]] Outcome Chat(servercore::Session& by, std::uint32_t sequence, const std::string& text) SC_EXCLUDES(mutex_);
    [[nodiscard]] Outcome TakeWhisper(const servercore::Session& by, std::uint32_t sequence) SC_EXCLUDES(mutex_);
    // So many kept packets have arrived. False: more than there were.
    [[nodiscard]] bool Acknowledge(const servercore::Session& by, std::uint64_t received) SC_EXCLUDES(mutex_);

    // --- Coming and going

    // The first connection. `answer` is sent before all that others have had for the player since it could be found. False: it has left.
    [[nodiscard]] bool Attach(const Connection& connection, servercore::SendBufferRef answer) SC_EXCLUDES(mutex_);

    // What a new connection needs to go on.
    struct Resumed {
        Sequences taken;
        ZoneId zone = 0;    // where the player is, or is on its way to
        Connection former;  // for the caller to close; nullptr: it is gone already
    };
    // From now on the connection is the player's. An answer is made of the result, and sent first; the kept packets after `received`
    // follow. Nothing: the player has left, is in no zone, or some of these are no longer kept.
    template <class MakeAnswer>
    [[nodiscard]] std::optional<Resumed> Resume(const Connection& connection, std::uint64_t received, MakeAnswer makeAnswer)
        SC_EXCLUDES(mutex_);

    // The connection is gone. True: the player has left with it; otherwise it is another's, or, if it `mayResume`, stays in its zone.
    [[nodiscard]] bool Detach(const servercore::Session& connection, servercore::TimePoint now, bool mayResume) SC_EXCLUDES(mutex_);

    // Makes a player leave who has had no connection since `time` or earlier. True: it has left, now or before.
    [[nodiscard]] bool LeaveIfLostSince(servercore::TimePoint time) SC_EXCLUDES(mutex_);
    // For good. False: it had left already, or it is another connection's.
    [[nodiscard]] bool Leave(const servercore::Session& by) SC_EXCLUDES(mutex_);
    // For good, with a last word to its client.
    void Dismiss(servercore::SendBufferRef notice, servercore::CloseReason reason) SC_EXCLUDES(mutex_);

    // --- PlayerLink

    void Deliver(servercore::SendBufferRef packet, const servercore::SendOptions& options) override SC_EXCLUDES(mutex_);
    [[nodiscard]] bool HasLeft() const noexcept override { return Stage() == PlayerStage::Left; }
    void OnZoneEntered() noexcept override;
    void OnZoneRefused() override SC_EXCLUDES(mutex_);

private:
    [[nodiscard]] bool IsCurrent(const servercore::Session& connection) const SC_REQUIRES(mutex_) {
        return connection_.get() == &connection;
    }
    // `last`: the one of its kind in taken_.
    [[nodiscard]] Outcome Take(const servercore::Session& by, std::uint32_t& last, std::uint32_t sequence) SC_REQUIRES(mutex_);
    [[nodiscard]] std::optional<Resumed> TryTakeOver(const Connection& connection, std::uint64_t received) SC_REQUIRES(mutex_);
    void Greet(servercore::SendBufferRef answer) SC_REQUIRES(mutex_);
    void RefreshSight() SC_REQUIRES(mutex_);
    [[nodiscard]] bool LeaveForGood() SC_REQUIRES(mutex_);

    // More than half a minute of a lively zone; and no client can make the server keep more.
    static constexpr std::size_t kKeptBytes = std::size_t{256} * 1024;

    const PlayerInfo info_;
    const ResumeToken token_;
    servercore::SendBufferPool& buffers_;
    std::atomic<PlayerStage> stage_ = PlayerStage::Lobby;

    mutable servercore::Mutex mutex_;
    Connection connection_ SC_GUARDED_BY(mutex_);  // nullptr: not yet, or no longer
    std::optional<servercore::TimePoint> lostSince_ SC_GUARDED_BY(mutex_);
    std::shared_ptr<Zone> zone_ SC_GUARDED_BY(mutex_);
    Sequences taken_ SC_GUARDED_BY(mutex_);
    KeptQueue kept_ SC_GUARDED_BY(mutex_){kKeptBytes};
};

template <class MakeAnswer>
std::optional<Player::Resumed> Player::Resume(const Connection& connection, std::uint64_t received, MakeAnswer makeAnswer) {
    servercore::MutexLock lock(mutex_);
    std::optional<Resumed> resumed = TryTakeOver(connection, received);
    if (resumed) {
        Greet(makeAnswer(*resumed));
        RefreshSight();
    }
    return resumed;
}

}  // namespace game
