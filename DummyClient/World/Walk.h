#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "DummyClient/World/Point.h"
#include "ServerCore/Base/Clock.h"

namespace loadtest {

// Where a bot goes: from one place of its zone to another, drawn from seed and number, at 60 % of the speed that the server allows.
// Owner: WorldBot.  Threads: confined to its owner's lock.
class Walk {
public:
    Walk(std::uint64_t seed, std::size_t bot) noexcept : bot_(seed * kBotsOfSeed + bot) {}

    // The server has put the bot there. `maxSpeed`: units per second, 0: no limit.
    void Start(Point at, std::uint32_t maxSpeed, servercore::TimePoint now) noexcept;
    // Goes on from there.
    void PutAt(Point at) noexcept { at_ = at; }

    // The next position: never the present one, and no farther than the time since the last step allows, but for rounding; two seconds' way
    // at most. Nothing: that was too short a time for a unit. Precondition: started.
    [[nodiscard]] std::optional<Point> TryStep(servercore::TimePoint now) noexcept;

private:
    void ChooseTarget() noexcept;

    static constexpr std::uint64_t kBotsOfSeed = 1'000'000;

    const std::uint64_t bot_;
    std::uint64_t legs_ = 0;
    double speed_ = 0;  // units per second
    Point at_;
    Point target_;
    servercore::TimePoint lastStep_;
};

}  // namespace loadtest
