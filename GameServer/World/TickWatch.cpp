#include "GameServer/World/TickWatch.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

namespace game {

namespace {

using servercore::Duration;

[[nodiscard]] std::int64_t Milliseconds(Duration duration) noexcept {
    return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

}  // namespace

std::string_view ToString(LateBecause reason) noexcept {
    switch (reason) {
        case LateBecause::Timer: return "its timer was late";
        case LateBecause::Queue: return "the tick before it took too long";
        case LateBecause::Worker: return "no worker was free for it";
    }
    return "?";
}

LateBecause TickSlip::Reason() const noexcept {
    if (queue >= timer && queue >= worker) {
        return LateBecause::Queue;
    }
    return timer >= worker ? LateBecause::Timer : LateBecause::Worker;
}

TickSlip SlipOf(const servercore::JobTimerFiring& firing, servercore::TimePoint lastEnded, servercore::TimePoint began) noexcept {
    const servercore::TimePoint startable = std::max(firing.posted, std::min(lastEnded, began));
    return {
        .total = began - firing.due, .timer = firing.posted - firing.due, .queue = startable - firing.posted, .worker = began - startable};
}

std::string Describe(ZoneId zone, const TickSlip& slip, std::uint64_t jobsBefore) {
    return fmt::format("a tick of zone {} began {} ms late: {} (timer {} ms, tick before {} ms, worker {} ms; {} jobs before it)", zone,
                       Milliseconds(slip.total), ToString(slip.Reason()), Milliseconds(slip.timer), Milliseconds(slip.queue),
                       Milliseconds(slip.worker), jobsBefore);
}

TickWatch::TickWatch(ZoneId zone, Duration period, const servercore::Clock& clock, servercore::Logger& log)
    : zone_(zone), period_(period), clock_(clock), log_(log), limiter_(clock, {.linesPerSecond = 1}) {}

void TickWatch::OnBegin(const servercore::JobTimerFiring& firing, std::uint64_t jobsRun) {
    const TickSlip slip = SlipOf(firing, lastEnded_, clock_.Now());
    worstSlip_ = std::max(worstSlip_, slip.total);
    if (slip.total <= period_) {
        return;
    }
    ++lateTicks_;
    if (const auto suppressed = limiter_.TryAcquire("late tick", static_cast<std::uint32_t>(slip.Reason()))) {
        const std::uint64_t jobsBefore = jobsRun - std::min(jobsRun, lastJobsRun_ + 1);
        log_.Warning("{}{}", Describe(zone_, slip, jobsBefore), suppressed->Note());
    }
}

void TickWatch::OnEnd(std::uint64_t jobsRun) noexcept {
    lastEnded_ = clock_.Now();
    lastJobsRun_ = jobsRun;
}

}  // namespace game
