#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <string>
#include <thread>

#include "ServerCore/Base/Clock.h"
#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Base/ThreadAnnotations.h"

namespace game {

// Calls a function at a fixed rate from a thread of its own. The schedule is absolute, so the rate does not drift; ticks that were missed
// (a suspended machine) are skipped, not made up for.
// Owner: GameServer.  Threads: the owner's.
class Ticker {
public:
    // `onTick` is short and does not throw. `clock` outlives the ticker.
    Ticker(std::string name, std::chrono::milliseconds period, const servercore::Clock& clock, std::function<void()> onTick);
    ~Ticker();
    Ticker(const Ticker&) = delete;
    Ticker& operator=(const Ticker&) = delete;

    // Once.
    void Start();
    // Afterwards onTick is not running and will not be called. Any number of times.
    void Stop() SC_EXCLUDES(mutex_);

private:
    void Run() SC_EXCLUDES(mutex_);
    // Waits; true: it is time to stop.
    [[nodiscard]] bool StopsBefore(servercore::TimePoint time) SC_EXCLUDES(mutex_);

    const std::string name_;
    const std::chrono::milliseconds period_;
    const servercore::Clock& clock_;
    const std::function<void()> onTick_;
    std::thread thread_;

    servercore::Mutex mutex_;
    std::condition_variable_any stopRequested_;
    bool stopping_ SC_GUARDED_BY(mutex_) = false;
};

}  // namespace game
