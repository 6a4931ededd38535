#include "ServerCore/Base/Watchdog.h"

#include <utility>

#include <fmt/format.h>

#include "ServerCore/Base/Assert.h"
#include "ServerCore/Base/ThreadName.h"

namespace servercore {

std::string Describe(const StallReport& report) {
    std::string subject;
    if (report.unit.subject != 0) {
        subject = fmt::format(" of session {}", report.unit.subject);
    }
    if (report.unit.detail != 0) {
        subject += fmt::format(" (packet id {})", report.unit.detail);
    }
    return fmt::format("worker {} {} {}{} for {} ms", report.worker, report.stage == StallStage::Ended ? "was held by" : "is held by",
                       report.unit.kind, subject, std::chrono::duration_cast<std::chrono::milliseconds>(report.heldFor).count());
}

Watchdog::Watchdog(const Clock& clock, WatchdogLimits limits, OnStall onStall)
    : clock_(clock), limits_(limits), onStall_(std::move(onStall)) {}

Watchdog::~Watchdog() {
    {
        MutexLock lock(mutex_);
        stopping_ = true;
    }
    stopped_.notify_all();
    if (thread_.joinable()) {
        thread_.join();
    }
}

void Watchdog::Watch(std::string worker, const WorkerActivity& activity) {
    MutexLock lock(mutex_);
    watched_.push_back(Watched{std::move(worker), &activity});
}

void Watchdog::Forget(const WorkerActivity& activity) {
    MutexLock lock(mutex_);
    std::erase_if(watched_, [&activity](const Watched& watched) { return watched.activity == &activity; });
}

void Watchdog::Start() {
    SC_VERIFY(!thread_.joinable());
    thread_ = std::thread([this] { Run(); });
}

void Watchdog::Run() {
    SetThreadName("watchdog");
    while (true) {
        {
            MutexLock lock(mutex_);
            if (stopped_.wait_for(lock, limits_.period, [this]() SC_REQUIRES(mutex_) { return stopping_; })) {
                return;
            }
        }
        Check(clock_.Now());
    }
}

void Watchdog::Check(TimePoint now) {
    std::vector<StallReport> reports;
    {
        MutexLock lock(mutex_);
        for (Watched& watched : watched_) {
            CheckOne(watched, now, reports);
        }
    }
    for (const StallReport& report : reports) {
        onStall_(report);
    }
}

void Watchdog::CheckOne(Watched& watched, TimePoint now, std::vector<StallReport>& reports) const {
    const std::optional<WorkerActivity::Sample> sample = watched.activity->Read();
    const bool same = sample && watched.seen && sample->sequence == watched.seen->sequence;
    if (!same) {
        if (watched.reported) {
            reports.push_back(StallReport{StallStage::Ended, watched.worker, watched.seen->unit, now - watched.firstSeen});
        }
        watched.seen = sample;
        watched.firstSeen = now;
        watched.reported.reset();
        return;
    }
    const Duration heldFor = now - watched.firstSeen;
    std::optional<StallStage> stage;
    if (heldFor >= limits_.alarmAfter) {
        stage = StallStage::Alarm;
    } else if (heldFor >= limits_.warnAfter) {
        stage = StallStage::Warning;
    }
    if (stage && (!watched.reported || *watched.reported < *stage)) {
        watched.reported = stage;
        reports.push_back(StallReport{*stage, watched.worker, sample->unit, heldFor});
    }
}

}  // namespace servercore
