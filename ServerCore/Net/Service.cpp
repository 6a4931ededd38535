#include "ServerCore/Net/Service.h"

#include <algorithm>
#include <new>
#include <utility>

#include <fmt/format.h>

#include "ServerCore/Base/Assert.h"
#include "ServerCore/Base/ThreadName.h"

namespace servercore {

namespace {

constexpr std::chrono::milliseconds kUpkeepPeriod{100};
constexpr std::chrono::milliseconds kStoppingPeriod{10};

ServiceConfig Completed(ServiceConfig config) {
    if (config.sendBudget == nullptr) {
        config.sendBudget = std::make_shared<SendBudget>();
    }
    if (config.tick <= std::chrono::milliseconds::zero()) {
        config.flushing = FlushPolicy::EndOfBatch;
    }
    return config;
}

}  // namespace

Service::Service(platform::Network& network, ServiceConfig config, const Clock& clock, Logger& log)
    : network_(network),
      config_(Completed(std::move(config))),
      clock_(clock),
      log_(log),
      gate_(config_.maxSessions, config_.admission),
      limits_(&config_.limits),
      limiter_(clock, {}),
      watchdog_(clock, config_.watchdog, [this](const StallReport& report) { OnStall(report); }) {}

Service::~Service() {
    SC_VERIFY(workers_.empty());  // the derived class has called StopAndJoin
}

// --- Workers -----------------------------------------------------------------------------------------------------------

std::error_code Service::OpenPorts() {
    SC_VERIFY(cores_.empty());
    const std::size_t ports = config_.portMode == PortMode::PerWorker ? std::max<std::size_t>(config_.workers, 1) : 1;
    for (std::size_t i = 0; i < ports; ++i) {
        Result<std::unique_ptr<platform::IoBackend>> backend = network_.OpenPort();
        if (!backend) {
            return backend.error();
        }
        cores_.push_back(std::make_unique<IocpCore>(*std::move(backend), clock_, config_.tick));
    }
    return {};
}

void Service::StartWorkers() {
    {
        MutexLock lock(mutex_);
        started_ = true;
    }
    if (config_.workers > 0) {
        watchdog_.Start();
    }
    for (std::size_t i = 0; i < config_.workers; ++i) {
        IocpCore& core = *cores_[i % cores_.size()];
        {
            MutexLock lock(mutex_);
            ++workersRunning_;
        }
        workers_.emplace_back([this, &core, i] { RunWorker(core, i); });
    }
}

void Service::RunWorker(IocpCore& core, std::size_t index) {
    const std::string name = fmt::format("{}-io-{}", config_.name, index);
    SetThreadName(name);
    WorkerActivity activity;
    watchdog_.Watch(name, activity);
    while (!ended_.load()) {
        core.Dispatch(stopping_.load() ? kStoppingPeriod : kUpkeepPeriod, activity);
        RunUpkeep();
    }
    watchdog_.Forget(activity);
    core.Wake();  // hand the news on to a worker that shares this port
    MutexLock lock(mutex_);
    --workersRunning_;
    endOrExit_.notify_all();
}

void Service::OnStall(const StallReport& report) {
    stalls_.fetch_add(report.stage == StallStage::Ended ? 0 : 1, std::memory_order_relaxed);
    TryToLog([&] {
        const auto suppressed = limiter_.TryAcquire("stall", static_cast<std::uint32_t>(report.stage));
        if (suppressed && report.stage == StallStage::Alarm) {
            log_.Error("{}{}", Describe(report), suppressed->Note());
        } else if (suppressed) {
            log_.Warning("{}{}", Describe(report), suppressed->Note());
        }
    });
}

std::size_t Service::Dispatch(std::chrono::milliseconds timeout) {
    SC_VERIFY(config_.workers == 0);
    return DispatchAll(timeout);
}

std::size_t Service::DispatchAll(std::chrono::milliseconds timeout) {
    std::size_t dispatched = 0;
    for (const std::unique_ptr<IocpCore>& core : cores_) {
        dispatched += core->Dispatch(timeout);
    }
    RunUpkeep();
    return dispatched;
}

// One worker at a time; the others skip it.
void Service::RunUpkeep() {
    if (upkeepRunning_.exchange(true)) {
        return;
    }
    const TimePoint now = clock_.Now();
    try {
        if (stopping_.load()) {
            RunStop(now);
        }
        if (now >= nextUpkeep_) {
            nextUpkeep_ = now + kUpkeepPeriod;
            Upkeep(now);
        }
    } catch (const std::bad_alloc&) {  // each step leaves what it could not do for the next time
    }
    upkeepRunning_.store(false);
}

void Service::RunStop(TimePoint now) {
    if (ended_.load()) {
        return;
    }
    if (stopDeadline_ == TimePoint{}) {
        stopDeadline_ = now + config_.stopTimeout;
        log_.Info("stopping: {} sessions to close", registry_.Count());
    }
    StopAccepting();
    const bool atOnce = now >= stopDeadline_;
    if (now >= nextStopWalk_ || atOnce) {
        nextStopWalk_ = now + kStoppingPeriod;
        CloseSessions(atOnce);
    }
    if (HasEnded()) {
        {
            MutexLock lock(mutex_);
            ended_.store(true);
        }
        endOrExit_.notify_all();
        WakeAll();
    }
}

// Again and again while it stops: a connection may still have been on its way in.
void Service::CloseSessions(bool atOnce) {
    registry_.Snapshot(snapshot_);
    for (const std::shared_ptr<Session>& session : snapshot_) {
        if (atOnce) {
            session->Abort(CloseReason::ServiceStopping);
        } else {
            session->Close(CloseReason::ServiceStopping);
        }
    }
    snapshot_.clear();
}

bool Service::HasEnded() const {
    return HasStoppedAccepting() && registry_.Count() == 0 && OperationsInFlight() == 0;
}

std::size_t Service::OperationsInFlight() const noexcept {
    std::size_t operations = 0;
    for (const std::unique_ptr<IocpCore>& core : cores_) {
        operations += core->InFlight();
    }
    return operations;
}

// --- Stopping ----------------------------------------------------------------------------------------------------------

void Service::Stop() {
    {
        MutexLock lock(mutex_);
        if (stopping_.exchange(true)) {
            return;
        }
    }
    endOrExit_.notify_all();
    WakeAll();
}

bool Service::WaitForStop(std::chrono::milliseconds timeout) {
    MutexLock lock(mutex_);
    return endOrExit_.wait_for(lock, timeout, [this] { return stopping_.load(); });
}

void Service::WakeAll() {
    {
        MutexLock lock(mutex_);
        if (!started_) {
            return;  // nobody waits, and Start may be making the ports this very moment
        }
    }
    for (const std::unique_ptr<IocpCore>& core : cores_) {
        core->Wake();
    }
}

WaitResult Service::Wait(std::chrono::milliseconds timeout) {
    if (IocpCore::IsDispatchingThread()) {
        return WaitResult::OnWorker;
    }
    MutexLock lock(mutex_);
    // Without workers it is the caller of Dispatch who brings the end about.
    const auto hasStopped = [this]() SC_REQUIRES(mutex_) { return workersRunning_ == 0 && (ended_.load() || !started_); };
    return endOrExit_.wait_for(lock, timeout, hasStopped) ? WaitResult::Stopped : WaitResult::TimedOut;
}

void Service::StopAndJoin() {
    SC_VERIFY(!IocpCore::IsDispatchingThread());  // would wait for itself
    Stop();
    for (std::thread& worker : workers_) {
        worker.join();
    }
    workers_.clear();
    while (!cores_.empty() && !ended_.load()) {
        DispatchAll(kStoppingPeriod);  // there were no workers
    }
}

void Service::SetLimits(SessionLimits limits) {
    {
        auto next = std::make_unique<const SessionLimits>(std::move(limits));
        MutexLock lock(mutex_);
        laterLimits_.push_back(std::move(next));
        limits_.store(laterLimits_.back().get());
    }
    std::vector<std::shared_ptr<Session>> sessions;
    registry_.Snapshot(sessions);
    for (const std::shared_ptr<Session>& session : sessions) {
        session->HeedNewLimits();
    }
}

void Service::PostTurn(std::size_t index, std::shared_ptr<IocpObject> object, bool byAnother) noexcept {
    IocpCore& core = *cores_[index % cores_.size()];
    core.PostTurn(std::move(object));
    if (byAnother && IocpCore::IsDispatchingThread()) {
        core.Wake();  // a post by one of the port's own workers wakes nobody
    }
}

// --- Sessions ----------------------------------------------------------------------------------------------------------

Result<SessionId> Service::AddSession(const std::shared_ptr<Session>& session, std::unique_ptr<platform::Socket> socket,
                                      const NetAddress& peer, AdmittedPlace place) {
    IocpCore& core = *cores_[nextCore_.fetch_add(1, std::memory_order_relaxed) % cores_.size()];
    SessionId id;
    try {
        session->Bind(core, *this, std::move(socket), peer, place);
        id = registry_.Add(session);
    } catch (const std::bad_alloc&) {
        gate_.Leave(peer, place);
        return std::make_error_code(std::errc::not_enough_memory);
    }
    MutexLock lock(mutex_);
    ++counts_.sessionsOpened;
    return id;
}

void Service::OnSessionQuiet(const SessionTotals& totals) {
    MutexLock lock(mutex_);
    counts_.totals += totals;
}

void Service::OnSessionClosed(Session& session, const CloseInfo& info, const SessionTotals& totals) {
    {
        MutexLock lock(mutex_);
        ++counts_.sessionsClosed;
        ++counts_.closedBy[static_cast<std::size_t>(info.reason)];
        counts_.totals += totals;
    }
    if (log_.Enabled(LogLevel::Debug)) {
        TryToLog([&] {
            log_.Debug("session {} of {} closed: {} by {}, {}{}", session.Id().Value(), session.PeerAddress().ToString(),
                       ToString(info.reason), ToString(info.initiator), info.graceful ? "graceful" : "not graceful",
                       info.error ? fmt::format(", {} (error {})", info.error.message(), info.error.value()) : std::string());
        });
    }
    gate_.Leave(session.PeerAddress(), session.Place());
    registry_.Remove(session.Id());
}

void Service::OnCallbackException(const Session& session, std::string_view what) {
    TryToLog([&] {
        if (const auto suppressed = limiter_.TryAcquire("callback exception")) {
            log_.Error("session {} of {}: a callback threw: {}{}", session.Id().Value(), session.PeerAddress().ToString(), what,
                       suppressed->Note());
        }
    });
}

Ledger Service::GetLedger() const {
    Ledger ledger;
    {
        MutexLock lock(mutex_);
        ledger = counts_;
        ledger.workersRunning = workersRunning_;
    }
    ledger.operationsInFlight = OperationsInFlight();
    ledger.stalls = stalls_.load(std::memory_order_relaxed);
    ledger.buffersOutstanding = buffers_.Outstanding();
    AddTo(ledger);
    return ledger;
}

}  // namespace servercore
