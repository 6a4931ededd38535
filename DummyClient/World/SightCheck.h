#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>

#include "DummyClient/World/MoveLog.h"
#include "DummyClient/World/Point.h"
#include "DummyClient/World/SightErrors.h"
#include "DummyClient/World/Whereabouts.h"

namespace loadtest {

// A bot that stands still, as the others should see it.
struct Standing {
    std::uint32_t playerId = 0;
    Point at;
};

// One bot's view of who is in sight: only those whom it can see from where it may stand, each entering before anything else is heard of it,
// and walking as it really does.
// Owner: WorldBot.  Threads: confined to its owner's lock.
class SightCheck {
public:
    void SetOwnId(std::uint32_t playerId) noexcept { ownId_ = playerId; }

    // Nobody is in sight any more. Precondition: cellSize > 0.
    void OnZoneEntered(Point at, std::int32_t cellSize);
    // Before the own move is sent.
    void OnSent(std::uint32_t sequence, Point at) { own_.OnSent(sequence, at); }
    // `isStranger`: no bot of this run.
    void OnEntered(std::uint32_t playerId, std::uint32_t sequence, Point at, bool isStranger);
    void OnLeft(std::uint32_t playerId);
    // `sent`: what that player has really sent; nullptr: not to be compared.
    void OnMoved(std::uint32_t playerId, std::uint32_t sequence, Point at, const MoveLog* sent);
    void OnCorrected(std::uint32_t sequence, Point at);
    // The server has taken the own moves up to this. From now on it may repeat where somebody stands.
    void OnResumed(std::uint32_t taken);

    // Where the bot stands once all its moves are made, and whether they are.
    [[nodiscard]] Point OwnPosition() const { return own_.Last(); }
    [[nodiscard]] bool IsAnswered() const { return own_.IsAnswered(); }
    // Players who came into sight and who went.
    [[nodiscard]] std::uint64_t Entered() const noexcept { return entered_; }
    [[nodiscard]] std::uint64_t Left() const noexcept { return left_; }
    // Moves that were told of, and those that a later one has replaced.
    [[nodiscard]] std::uint64_t Heard() const noexcept { return heard_; }
    [[nodiscard]] std::uint64_t Merged() const noexcept { return merged_; }
    [[nodiscard]] const SightErrors& Errors() const noexcept { return errors_; }

    // Everybody stands still: what differs from how all bots in the zone really stand, this one included. Strangers do not count.
    [[nodiscard]] SightErrors CompareAtEnd(std::span<const Standing> bots) const;

private:
    struct Seen {
        std::uint32_t sequence = 0;
        Point at;
        bool isStranger = false;
        bool mayRepeat = false;
    };

    std::uint32_t ownId_ = 0;
    std::int32_t cellSize_ = 1;
    Whereabouts own_;
    std::unordered_map<std::uint32_t, Seen> inSight_;
    bool hasResumed_ = false;  // since it entered the zone
    std::uint64_t entered_ = 0;
    std::uint64_t left_ = 0;
    std::uint64_t heard_ = 0;
    std::uint64_t merged_ = 0;
    SightErrors errors_;
};

}  // namespace loadtest
