#include "ServerCore/Net/Listener.h"

#include <algorithm>
#include <utility>

#include "ServerCore/Base/Assert.h"
#include "ServerCore/Net/CloseReason.h"

namespace servercore {

namespace {

constexpr Duration kFirstPause = std::chrono::milliseconds(10);
constexpr Duration kLongestPause = std::chrono::seconds(1);

// Only the connection that was being accepted is lost (accept(2): treat them like a retry; AcceptEx: the peer gave up).
bool LostOnlyThisConnection(std::error_code error) noexcept {
    return error == std::errc::connection_aborted || error == std::errc::connection_reset || error == std::errc::protocol_error ||
           error == std::errc::host_unreachable || error == std::errc::network_unreachable || error == std::errc::network_down ||
           error == std::errc::operation_not_permitted || error == std::errc::timed_out;
}

}  // namespace

Listener::Listener(IocpCore& core, ListenerHost& host, std::unique_ptr<platform::Socket> socket, std::size_t acceptDepth,
                   const Clock& clock, Logger& log)
    : core_(core), host_(host), clock_(clock), log_(log), socket_(std::move(socket)), events_(acceptDepth) {
    parked_.reserve(acceptDepth);  // Park never allocates
}

std::error_code Listener::Start() {
    if (const std::error_code error = core_.Attach(*socket_)) {
        return error;
    }
    holds_.store(1);  // released by Stop
    for (IocpEvent& event : events_) {
        Submit(event);
    }
    return {};
}

void Listener::Stop() {
    if (stopping_.exchange(true)) {
        return;
    }
    if (TryHold()) {
        core_.Cancel(*socket_);
        ReleaseHold();
        ReleaseHold();  // the one of Start
    }
}

bool Listener::TryHold() noexcept {
    int holds = holds_.load();
    while (holds > 0) {
        if (holds_.compare_exchange_weak(holds, holds + 1)) {
            return true;
        }
    }
    return false;
}

void Listener::ReleaseHold() {
    if (holds_.fetch_sub(1) == 1) {
        socket_.reset();
        stopped_.store(true);
    }
}

// The caller has a hold.
void Listener::Submit(IocpEvent& event) {
    if (stopping_.load()) {
        return;
    }
    holds_.fetch_add(1);
    armed_.fetch_add(1, std::memory_order_relaxed);
    const std::error_code error = core_.Accept(*socket_, event, shared_from_this());
    if (!error) {
        if (stopping_.load()) {
            core_.Cancel(*socket_);  // Stop's own cancel may have come too early for this accept
        }
        return;
    }
    armed_.fetch_sub(1, std::memory_order_relaxed);
    failures_.fetch_add(1, std::memory_order_relaxed);
    BackOff(error);
    Park(event);
    ReleaseHold();
}

void Listener::Park(IocpEvent& event) {
    MutexLock lock(mutex_);
    parked_.push_back(&event);
}

void Listener::BackOff(std::error_code error) {
    Duration pause;
    {
        MutexLock lock(mutex_);
        const TimePoint now = clock_.Now();
        if (now < resumeAt_) {
            return;  // one failure of a burst counts
        }
        pause_ = std::clamp(pause_ * 2, kFirstPause, kLongestPause);
        pause = pause_;
        resumeAt_ = now + pause;
    }
    log_.Warning("cannot accept connections: {} (error {}); trying again in {} ms", error.message(), error.value(),
                 std::chrono::duration_cast<std::chrono::milliseconds>(pause).count());
}

void Listener::Resume(TimePoint now) {
    if (!TryHold()) {
        return;
    }
    std::vector<IocpEvent*> ready;
    {
        MutexLock lock(mutex_);
        if (!parked_.empty() && now >= resumeAt_ && host_.HasRoom()) {
            ready = parked_;
            parked_.clear();
        }
    }
    for (IocpEvent* event : ready) {
        Submit(*event);
    }
    ReleaseHold();
}

void Listener::OnCompleted(IocpEvent& event, platform::IoResult& result) {
    armed_.fetch_sub(1, std::memory_order_relaxed);
    if (result.error) {
        if (!stopping_.load()) {
            failures_.fetch_add(1, std::memory_order_relaxed);
            if (LostOnlyThisConnection(result.error)) {
                Submit(event);
            } else {
                BackOff(result.error);
                Park(event);
            }
        }
    } else if (host_.OnAccepted(std::move(result.accepted)) == ListenerHost::Answer::GoOn) {
        {
            MutexLock lock(mutex_);
            pause_ = {};
        }
        Submit(event);
    } else {
        Park(event);
    }
    ReleaseHold();  // the accept's own
}

}  // namespace servercore
