#pragma once

#include <cstddef>
#include <cstdint>

#include "DummyClient/Point.h"
#include "ServerCore/Base/Clock.h"

namespace loadtest {

// Where a bot goes: from one place of its zone to another, drawn from its number, at 60 % of the speed that the server allows.
// Owner: Bot.  Threads: confined to its owner's lock.
class Walk {
public:
    explicit Walk(std::size_t bot) noexcept : bot_(bot) {}

    // The server has put the bot there. `maxSpeed`: units per second, 0: no limit.
    void Start(Point at, std::uint32_t maxSpeed, servercore::TimePoint now) noexcept;
    // Goes on from there.
    void PutAt(Point at) noexcept;

    // The next position: never the present one, and no farther than the time since the last step allows (one second's way at most; one unit
    // at least). Precondition: started.
    [[nodiscard]] Point Step(servercore::TimePoint now) noexcept;

private:
    void ChooseTarget() noexcept;

    const std::size_t bot_;
    std::uint64_t legs_ = 0;
    double speed_ = 0;  // units per second
    double x_ = 0;
    double y_ = 0;
    Point target_;
    servercore::TimePoint lastStep_;
};

}  // namespace loadtest
