#include "ServerCore/Net/Listener.h"

#include <utility>

namespace servercore {

namespace {

constexpr Duration kAlarmPeriod = std::chrono::seconds(10);

enum class Trouble { OnlyThisConnection, Shortage, BrokenSocket };

Trouble TroubleOf(std::error_code error) noexcept {
    // accept(2): pending errors of the new connection, to be treated like a retry.  AcceptEx: the peer gave up.
    // (Not network_down: on Windows it is the state of the system, and a retry at once would spin.)
    for (const std::errc lost : {std::errc::connection_aborted, std::errc::connection_reset, std::errc::not_connected,
                                 std::errc::protocol_error, std::errc::no_protocol_option, std::errc::host_unreachable,
                                 std::errc::network_unreachable, std::errc::operation_not_permitted, std::errc::timed_out}) {
        if (error == lost) {
            return Trouble::OnlyThisConnection;
        }
    }
    // Closed behind our back, or not listening any more. https://learn.microsoft.com/windows/win32/api/mswsock/nf-mswsock-acceptex
    for (const std::errc broken : {std::errc::bad_file_descriptor, std::errc::not_a_socket, std::errc::invalid_argument}) {
        if (error == broken) {
            return Trouble::BrokenSocket;
        }
    }
    return Trouble::Shortage;
}

}  // namespace

Listener::Listener(IocpCore& core, ListenerHost& host, std::unique_ptr<platform::Socket> socket, std::size_t acceptDepth,
                   const Clock& clock, Logger& log)
    : core_(core), host_(host), clock_(clock), log_(log), socket_(std::move(socket)), events_(acceptDepth) {
    // Park and Resume never allocate.
    parked_.reserve(acceptDepth);
    resumed_.reserve(acceptDepth);
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
    if (TroubleOf(error) == Trouble::BrokenSocket) {
        Break(error);
    } else {
        Park(event, error);
    }
    ReleaseHold();
}

void Listener::Park(IocpEvent& event, std::error_code error) {
    std::uint64_t failures = 0;
    {
        MutexLock lock(mutex_);
        parked_.push_back(&event);
        const TimePoint now = clock_.Now();
        if (now >= resumeAt_) {  // else a further failure of the same burst, which has its pause
            resumeAt_ = now + backOff_.Next();
        }
        ++sinceAlarm_;
        if (now >= nextAlarm_) {
            nextAlarm_ = now + kAlarmPeriod;
            failures = std::exchange(sinceAlarm_, 0);
        }
    }
    if (failures > 0) {
        TryToLog([&] {
            log_.Error("cannot accept connections: {} (error {}); {} failed, trying again", error.message(), error.value(), failures);
        });
    }
}

void Listener::Break(std::error_code error) {
    if (!broken_.exchange(true)) {
        TryToLog([&] { log_.Error("the listening socket is broken: {} (error {})", error.message(), error.value()); });
        Stop();
    }
}

void Listener::Resume(TimePoint now) {
    if (!TryHold()) {
        return;
    }
    {
        MutexLock lock(mutex_);
        if (now >= resumeAt_) {
            resumed_.swap(parked_);
        }
    }
    for (IocpEvent* event : resumed_) {
        Submit(*event);
    }
    resumed_.clear();
    ReleaseHold();
}

void Listener::OnCompleted(IocpEvent& event, platform::IoResult& result) {
    armed_.fetch_sub(1, std::memory_order_relaxed);
    if (!result.error) {
        host_.OnAccepted(std::move(result.accepted));
        {
            MutexLock lock(mutex_);
            backOff_.Reset();
        }
        Submit(event);
    } else if (!stopping_.load()) {
        failures_.fetch_add(1, std::memory_order_relaxed);
        switch (TroubleOf(result.error)) {
            case Trouble::OnlyThisConnection: Submit(event); break;
            case Trouble::Shortage: Park(event, result.error); break;
            case Trouble::BrokenSocket: Break(result.error); break;
        }
    }
    ReleaseHold();  // the accept's own
}

}  // namespace servercore
