#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "ServerCore/Base/Clock.h"
#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Base/WorkerActivity.h"

namespace servercore {

enum class StallStage : std::uint8_t { Warning, Alarm, Ended };

// A unit of work that holds its worker too long, or did.
struct StallReport {
    StallStage stage;
    std::string worker;
    UnitOfWork unit;
    Duration heldFor;  // from the first look at it to this one: right to a period
};

// "worker game-io-0 is held by OnPacket of session 42 (packet id 7) for 212 ms"
[[nodiscard]] std::string Describe(const StallReport& report);

struct WatchdogLimits {
    std::chrono::milliseconds period{50};
    std::chrono::milliseconds warnAfter{200};
    std::chrono::milliseconds alarmAfter{1000};
};

// Names the handler or job that keeps a worker from everything else. It looks at the workers every so often; what it finds twice in the
// same unit of work has been there all the time in between, however late the look came. It only reports: it stops nothing.
//
// Reports of one stall: Warning and Alarm once each (the Alarm alone, if a look finds both due), then Ended.
// Owner: Service, WorkerPool or a test; `clock` outlives it.  Threads: Watch and Forget from any; the callback runs on the watchdog's
// thread, or in Check, and under no lock.
class Watchdog {
public:
    using OnStall = std::function<void(const StallReport&)>;

    Watchdog(const Clock& clock, WatchdogLimits limits, OnStall onStall);
    // Ends and joins its thread.
    ~Watchdog();
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;

    // `activity` lives until Forget has returned.
    void Watch(std::string worker, const WorkerActivity& activity) SC_EXCLUDES(mutex_);
    // A stall that is still going on is not reported any further.
    void Forget(const WorkerActivity& activity) SC_EXCLUDES(mutex_);

    // Checks every period on a thread of its own. Once.
    void Start();

    // One look at all workers. For a simulation or a test; otherwise Start does it.
    void Check(TimePoint now) SC_EXCLUDES(mutex_);

private:
    struct Watched {
        std::string worker;
        const WorkerActivity* activity;
        std::optional<WorkerActivity::Sample> seen{};  // at the last look
        TimePoint firstSeen{};
        std::optional<StallStage> reported{};
    };

    void Run() SC_EXCLUDES(mutex_);
    void CheckOne(Watched& watched, TimePoint now, std::vector<StallReport>& reports) const;

    const Clock& clock_;
    const WatchdogLimits limits_;
    const OnStall onStall_;
    std::thread thread_;

    Mutex mutex_;
    std::condition_variable_any stopped_;
    std::vector<Watched> watched_ SC_GUARDED_BY(mutex_);
    bool stopping_ SC_GUARDED_BY(mutex_) = false;
};

}  // namespace servercore
