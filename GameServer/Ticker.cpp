#include "GameServer/Ticker.h"

#include <algorithm>
#include <utility>

#include "ServerCore/Base/ThreadName.h"

namespace game {

Ticker::Ticker(std::string name, std::chrono::milliseconds period, const servercore::Clock& clock, std::function<void()> onTick)
    : name_(std::move(name)), period_(period), clock_(clock), onTick_(std::move(onTick)) {}

Ticker::~Ticker() {
    Stop();
}

void Ticker::Start() {
    thread_ = std::thread([this] { Run(); });
}

void Ticker::Stop() {
    {
        servercore::MutexLock lock(mutex_);
        stopping_ = true;
    }
    stopRequested_.notify_all();
    if (thread_.joinable()) {
        thread_.join();
    }
}

bool Ticker::StopsBefore(servercore::TimePoint time) {
    servercore::MutexLock lock(mutex_);
    return stopRequested_.wait_for(lock, time - clock_.Now(), [this]() SC_REQUIRES(mutex_) { return stopping_; });
}

void Ticker::Run() {
    servercore::SetThreadName(name_);
    servercore::TimePoint next = clock_.Now() + period_;
    while (!StopsBefore(next)) {
        onTick_();
        next = std::max(next + period_, clock_.Now());
    }
}

}  // namespace game
