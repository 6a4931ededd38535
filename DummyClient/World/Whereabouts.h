#pragma once

#include <cstdint>
#include <deque>

#include "DummyClient/World/Point.h"

namespace loadtest {

// Where a bot may stand on the server: where it last heard that it stands, or where any of its moves since has taken it. The confirmations
// may overtake what was said to it in between: one that skips moves has taken the place of earlier ones in the server's queue. So those
// skipped stay possible until the next.
// Owner: SightCheck.  Threads: confined to its owner's.
class Whereabouts {
public:
    // The server has put the bot there, whatever it has sent.
    void Restart(Point at);
    // Precondition: sequences count on from the last, or from that of Resume.
    void OnSent(std::uint32_t sequence, Point at);
    // The server says that a move has been made. False: not one that was under way, nor where the bot is known to stand.
    [[nodiscard]] bool TryConfirm(std::uint32_t sequence, Point at);
    // The server has put the bot back, whatever it did up to that move. False: where it cannot have been.
    [[nodiscard]] bool TryCorrect(std::uint32_t sequence, Point at);
    // On another connection the server says what it has taken; later moves are lost. False: it has confirmed more than that before.
    [[nodiscard]] bool TryResume(std::uint32_t taken);

    [[nodiscard]] bool MaySee(Point place, std::int32_t cellSize) const;
    // Where the bot stands once all moves are made.
    [[nodiscard]] Point Last() const;
    // The server has answered, or resumed from, every move.
    [[nodiscard]] bool IsAnswered() const;

private:
    struct Place {
        std::uint32_t sequence = 0;
        Point at;
    };

    [[nodiscard]] bool HasBeenAt(Point at, std::uint32_t sequence) const;
    void ForgetUpTo(std::uint32_t sequence);

    Place confirmed_;
    std::deque<Place> skipped_;
    std::deque<Place> underWay_;
    std::uint32_t sent_ = 0;
    std::uint32_t answered_ = 0;
};

}  // namespace loadtest
