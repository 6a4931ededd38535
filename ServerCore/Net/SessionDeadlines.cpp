// What a session does because time has passed. One timer serves all of its deadlines: it is armed for the earliest, and activity that moves
// a deadline on costs nothing, because the timer finds out when it expires.
#include <algorithm>

#include "ServerCore/Net/Session.h"
#include "ServerCore/Net/SessionHold.h"

namespace servercore {

namespace {

TimePoint AsTimePoint(TimePoint::rep count) noexcept {
    return TimePoint(Duration(count));
}

}  // namespace

// Before the state that it is for: CheckDeadlines reads the state first, and must not take the old deadline for the new state's.
void Session::SetDeadline(std::chrono::milliseconds timeout) noexcept {
    deadline_.store(DeadlineAfter(timeout, Host().GetClock().Now()));
}

TimePoint::rep Session::DeadlineAfter(std::chrono::milliseconds timeout, TimePoint now) noexcept {
    return timeout == std::chrono::milliseconds::zero() ? kNever : (now + timeout).time_since_epoch().count();
}

void Session::WakeByDeadline() {
    WakeBy(AsTimePoint(deadline_.load()));
}

// The service has other limits now: the timer may be armed for too late a time.
void Session::HeedNewLimits() {
    const Hold hold(*this);
    if (hold) {
        WakeBy(NextDeadline(Host().GetClock().Now()));
    }
}

// From now on the peer may not be silent, and a packet under way has its time before it.
void Session::BeginListening() {
    const TimePoint now = Host().GetClock().Now();
    lastReceived_.store(now.time_since_epoch().count());
    if (TimePoint::rep begun = packetDeadline_.load(); begun != kNever) {
        // Not over what the receive chain says, if another thread lets it go on meanwhile.
        packetDeadline_.compare_exchange_strong(begun, DeadlineAfter(Host().Limits().packetTimeout, now));
    }
    WakeBy(NextDeadline(now));
}

// The packet under way was begun now, unless it is the one of before.
void Session::SetPacketBegun(bool hasBegun, bool isNew) {
    const std::chrono::milliseconds timeout = Host().Limits().packetTimeout;
    if (!hasBegun || timeout == std::chrono::milliseconds::zero()) {
        packetDeadline_.store(kNever, std::memory_order_relaxed);
    } else if (isNew || packetDeadline_.load(std::memory_order_relaxed) == kNever) {
        const TimePoint deadline = Host().GetClock().Now() + timeout;
        packetDeadline_.store(deadline.time_since_epoch().count());
        WakeBy(deadline);
    }
}

// The caller has a hold.
void Session::WakeBy(TimePoint time) {
    const TimePoint::rep wanted = time.time_since_epoch().count();
    TimePoint::rep armed = timerAt_.load();
    while (wanted < armed) {
        if (timerAt_.compare_exchange_weak(armed, wanted)) {
            core_->ArmTimer(timer_, time);
            return;
        }
    }
}

void Session::OnTimer(TimePoint now) {
    const Hold hold(*this);
    if (!hold) {
        return;
    }
    timerAt_.store(kNever);  // before looking: whoever sets a deadline from now on arms the timer again
    CheckDeadlines(now);
    WakeBy(NextDeadline(now));
}

void Session::CheckDeadlines(TimePoint now) {
    if (sendStalled_.exchange(false)) {
        Pump();
    }
    if (receiveStalled_.exchange(false)) {
        SubmitReceive();
    }
    if (AsTimePoint(throttledUntil_.load()) <= now) {
        throttledUntil_.store(kNever);
        OpenGate(kThrottled);
    }
    if (const std::optional<CloseReason> reason = Overdue(now)) {
        BeginClosing({.reason = *reason, .initiator = CloseInitiator::Local, .error = {}}, true);
        return;
    }
    GiveUpSending(now);
    if (Host().Limits().heartbeatInterval > std::chrono::milliseconds::zero()) {
        Beat(now);
    }
}

// Not beside another callback: a session that is being called is not silent.
void Session::Beat(TimePoint now) {
    TimePoint::rep last = lastHeartbeat_.load();
    if (State() != SessionState::Open || !wasConnected_.load() || now < HeartbeatDue() || IsInCallback()) {
        return;
    }
    if (lastHeartbeat_.compare_exchange_strong(last, now.time_since_epoch().count())) {  // or another timer was faster
        Guarded("OnHeartbeat", [this] { OnHeartbeat(); });
        TellBacklog();
    }
}

std::optional<CloseReason> Session::Overdue(TimePoint now) const {
    const SessionState state = State();  // before its deadline; see SetDeadline
    const TimePoint deadline = AsTimePoint(deadline_.load());
    if (state != SessionState::Open) {
        // While draining, the reason has been given long ago.
        const bool has = state == SessionState::Connecting || state == SessionState::Draining;
        return has && now >= deadline ? std::optional(CloseReason::ConnectTimeout) : std::nullopt;
    }
    if (now >= deadline && packetsReceived_.load(std::memory_order_relaxed) == 0) {
        return CloseReason::FirstPacketTimeout;
    }
    const bool isResting = (gate_.load() & kResting) != 0;  // before the deadlines that are renewed when it no longer does
    if (!isResting && now >= AsTimePoint(packetDeadline_.load())) {
        return CloseReason::PacketTimeout;
    }
    if (now >= IdleDeadline(now)) {
        return CloseReason::IdleTimeout;
    }
    return now >= AsTimePoint(sendDeadline_.load()) ? std::optional(CloseReason::SlowConsumer) : std::nullopt;
}

// A chain that rests hears nothing; it asks again later.
TimePoint Session::IdleDeadline(TimePoint now) const {
    const std::chrono::milliseconds timeout = Host().Limits().idleTimeout;
    if (timeout == std::chrono::milliseconds::zero()) {
        return TimePoint::max();
    }
    return (gate_.load() & kResting) != 0 ? now + timeout : AsTimePoint(lastReceived_.load(std::memory_order_relaxed)) + timeout;
}

TimePoint Session::HeartbeatDue() const {
    return AsTimePoint(std::max(lastReceived_.load(std::memory_order_relaxed), lastHeartbeat_.load())) + Host().Limits().heartbeatInterval;
}

TimePoint Session::NextDeadline(TimePoint now) const {
    const SessionState state = State();
    const TimePoint deadline = AsTimePoint(deadline_.load());
    if (state != SessionState::Open) {
        return state == SessionState::Closing ? TimePoint::max() : deadline;
    }
    TimePoint next = packetsReceived_.load(std::memory_order_relaxed) == 0 ? deadline : TimePoint::max();
    const bool isResting = (gate_.load() & kResting) != 0;
    const TimePoint packetDeadline = isResting ? TimePoint::max() : AsTimePoint(packetDeadline_.load());
    next = std::min({next, packetDeadline, AsTimePoint(throttledUntil_.load()), IdleDeadline(now)});
    if (Host().Limits().heartbeatInterval > std::chrono::milliseconds::zero()) {
        next = std::min(next, std::max(HeartbeatDue(), now + kRetryPause));
    }
    if (sendStalled_.load() || receiveStalled_.load()) {
        next = std::min(next, now + kRetryPause);
    }
    if (mayGiveUpSending_.load()) {
        next = std::min(next, now + kKeepSending);
    }
    return std::min(next, AsTimePoint(sendDeadline_.load()));
}

}  // namespace servercore
