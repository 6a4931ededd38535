#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "GameServer/World/PlayerInfo.h"
#include "ServerCore/Base/Clock.h"
#include "ServerCore/Base/Log.h"
#include "ServerCore/Base/LogLimiter.h"
#include "ServerCore/Job/JobTimer.h"

namespace game {

enum class LateBecause : std::uint8_t {
    Timer,   // it fired late: the machine was busy elsewhere
    Queue,   // the zone's own tick before it was still running
    Worker,  // no worker was free for the zone
};

[[nodiscard]] std::string_view ToString(LateBecause reason) noexcept;

// How late a tick began, and the parts that make it up.
struct TickSlip {
    servercore::Duration total{};
    servercore::Duration timer{};   // until the timer had posted it
    servercore::Duration queue{};   // until the tick before it had ended
    servercore::Duration worker{};  // from then on

    // The largest part.
    [[nodiscard]] LateBecause Reason() const noexcept;
};

[[nodiscard]] TickSlip SlipOf(const servercore::JobTimerFiring& firing, servercore::TimePoint lastEnded,
                              servercore::TimePoint began) noexcept;

// The line for the log. `jobsBefore`: how many the zone has run since the tick before.
[[nodiscard]] std::string Describe(ZoneId zone, const TickSlip& slip, std::uint64_t jobsBefore);

// Looks whether the ticks of a zone come in time; says in the log why one did not.
// Owner: Zone.  Threads: confined to the zone's jobs.
class TickWatch {
public:
    // `clock` and `log` outlive it.
    TickWatch(ZoneId zone, servercore::Duration period, const servercore::Clock& clock, servercore::Logger& log);

    // `jobsRun`: by the zone's queue so far, this tick included.
    void OnBegin(const servercore::JobTimerFiring& firing, std::uint64_t jobsRun);
    void OnEnd(std::uint64_t jobsRun) noexcept;

    // That began more than a period after they were due.
    [[nodiscard]] std::uint64_t LateTicks() const noexcept { return lateTicks_; }
    [[nodiscard]] servercore::Duration WorstSlip() const noexcept { return worstSlip_; }

private:
    const ZoneId zone_;
    const servercore::Duration period_;
    const servercore::Clock& clock_;
    servercore::Logger& log_;
    servercore::LogLimiter limiter_;
    servercore::TimePoint lastEnded_{};
    std::uint64_t lastJobsRun_ = 0;
    std::uint64_t lateTicks_ = 0;
    servercore::Duration worstSlip_{};
};

}  // namespace game
