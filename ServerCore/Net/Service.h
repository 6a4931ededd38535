#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "ServerCore/Base/Clock.h"
#include "ServerCore/Base/Log.h"
#include "ServerCore/Base/LogLimiter.h"
#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Base/Result.h"
#include "ServerCore/Base/Watchdog.h"
#include "ServerCore/Buffer/SendBuffer.h"
#include "ServerCore/Net/AdmissionLimits.h"
#include "ServerCore/Net/ConnectionGate.h"
#include "ServerCore/Net/IocpCore.h"
#include "ServerCore/Net/Ledger.h"
#include "ServerCore/Net/Session.h"
#include "ServerCore/Net/SessionLimits.h"
#include "ServerCore/Net/SessionRegistry.h"
#include "ServerCore/Platform/Network.h"

namespace servercore {

enum class PortMode {
    Shared,    // one completion port, all workers dispatch it
    PerWorker  // one port per worker; sessions are spread over them
};

struct ServiceConfig {
    std::string name = "service";  // for logs and thread names
    std::size_t workers = 1;       // 0: no threads, the caller dispatches (Service::Dispatch)
    PortMode portMode = PortMode::Shared;
    std::size_t maxSessions = 10000;  // those over it are refused at once
    AdmissionLimits admission;
    SessionLimits limits;
    FlushPolicy flushing = FlushPolicy::EndOfBatch;
    std::chrono::milliseconds tick{50};  // for FlushPolicy::Tick; 0 means EndOfBatch
    // Shared by the services that are to have one ceiling together; nullptr: none.
    std::shared_ptr<SendBudget> sendBudget;
    // When a callback that keeps its worker is reported; only with workers.
    WatchdogLimits watchdog;
    // From Stop until what is still open is reset.
    std::chrono::milliseconds stopTimeout{10000};
};

enum class WaitResult {
    Stopped,
    TimedOut,
    OnWorker  // refused: the caller is one of the threads it would wait for
};

// Ties ports, workers, sessions and buffers together. ServerService and ClientService add how sessions come to be.
//
// Owner: main() or a test; several may live in one process. `network`, `clock` and `log` outlive it.
// Threads: safe from any, but for Start and the destructor, which are the owner's.
class Service : private SessionHost {
public:
    virtual ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    // Begins to stop: no new sessions; those that live are closed gracefully with ServiceStopping, and reset at the stop timeout. Returns
    // at once. May be called anywhere, also from a callback, and any number of times.
    void Stop();

    // Waits until all has ended after Stop and the workers are gone. A timeout only ends the waiting.
    [[nodiscard]] WaitResult Wait(std::chrono::milliseconds timeout) SC_EXCLUDES(mutex_);

    // Live changes of what ServiceConfig began with, in force from now on. See ConnectionGate::SetLimits.
    void SetAdmission(std::size_t maxSessions, AdmissionLimits limits) { gate_.SetLimits(maxSessions, std::move(limits)); }
    // They hold for the sessions there are as well, but for the packet limits, which are those of a session's beginning, and for a deadline
    // that runs already; the idle timeout is none of those. Earlier limits are kept until the service ends, some hundred bytes each. May
    // throw std::bad_alloc.
    void SetLimits(SessionLimits limits) SC_EXCLUDES(mutex_);

    // For workers == 0: runs one batch of each port and the upkeep. Returns the completions dispatched.
    std::size_t Dispatch(std::chrono::milliseconds timeout);

    // Has OnTurn of the object called by a worker of the port `index` (modulo Ports), between batches of I/O; as IocpCore::PostTurn.
    // `byAnother`: not only by the calling worker, if another one of the port is idle. Not called once the service has ended.
    // Precondition: Start has succeeded.
    void PostTurn(std::size_t index, std::shared_ptr<IocpObject> object, bool byAnother) noexcept;
    [[nodiscard]] std::size_t Ports() const noexcept { return cores_.size(); }

    [[nodiscard]] Ledger GetLedger() const SC_EXCLUDES(mutex_);
    [[nodiscard]] SendBufferPool& Buffers() noexcept { return buffers_; }
    [[nodiscard]] std::shared_ptr<Session> FindSession(SessionId id) const { return registry_.Find(id); }
    [[nodiscard]] std::size_t SessionCount() const { return registry_.Count(); }
    [[nodiscard]] bool IsStopping() const noexcept { return stopping_.load(); }

protected:
    Service(platform::Network& network, ServiceConfig config, const Clock& clock, Logger& log);

    // First the ports (fails when the system is out of handles), then, when all else is ready, the threads that dispatch them.
    [[nodiscard]] std::error_code OpenPorts();
    void StartWorkers();
    // Waits for Stop; false: nobody asked for it in time.
    [[nodiscard]] bool WaitForStop(std::chrono::milliseconds timeout) SC_EXCLUDES(mutex_);
    // Stops and joins; for the destructors of derived classes, whose members the workers use.
    void StopAndJoin();

    // Takes the session in; the caller begins it. The socket's address must have passed the gate. Fails with not_enough_memory: then it is
    // as if the session had never come, and its address has left the gate.
    [[nodiscard]] Result<SessionId> AddSession(const std::shared_ptr<Session>& session, std::unique_ptr<platform::Socket> socket,
                                               const NetAddress& peer, AdmittedPlace place);

    [[nodiscard]] platform::Network& GetNetwork() noexcept { return network_; }
    [[nodiscard]] Logger& Log() noexcept { return log_; }
    [[nodiscard]] const Clock& GetClock() const noexcept override { return clock_; }
    [[nodiscard]] ConnectionGate& Gate() noexcept { return gate_; }
    [[nodiscard]] const ConnectionGate& Gate() const noexcept { return gate_; }
    [[nodiscard]] IocpCore& FirstCore() noexcept { return *cores_.front(); }

    // The part of upkeep and of the ledger that a derived class adds.
    virtual void Upkeep(TimePoint /*now*/) {}
    virtual void StopAccepting() {}
    [[nodiscard]] virtual bool HasStoppedAccepting() const { return true; }
    virtual void AddTo(Ledger& /*ledger*/) const {}

private:
    void OnSessionQuiet(const SessionTotals& totals) override SC_EXCLUDES(mutex_);
    void OnSessionClosed(Session& session, const CloseInfo& info, const SessionTotals& totals) override SC_EXCLUDES(mutex_);
    void OnCallbackException(const Session& session, std::string_view what) override;
    [[nodiscard]] const SessionLimits& Limits() const noexcept override { return *limits_.load(); }
    [[nodiscard]] FlushPolicy Flushing() const noexcept override { return config_.flushing; }
    [[nodiscard]] SendBudget& Budget() noexcept override { return *config_.sendBudget; }

    void RunWorker(IocpCore& core, std::size_t index);
    void OnStall(const StallReport& report);
    std::size_t DispatchAll(std::chrono::milliseconds timeout);
    void RunUpkeep();
    void RunStop(TimePoint now);
    void CloseSessions(bool atOnce);
    void WakeAll() SC_EXCLUDES(mutex_);
    [[nodiscard]] bool HasEnded() const;
    [[nodiscard]] std::size_t OperationsInFlight() const noexcept;

    platform::Network& network_;
    const ServiceConfig config_;
    const Clock& clock_;
    Logger& log_;
    SendBufferPool buffers_;
    SessionRegistry registry_;
    ConnectionGate gate_;
    std::atomic<const SessionLimits*> limits_;
    std::vector<std::unique_ptr<IocpCore>> cores_;
    std::vector<std::thread> workers_;
    std::atomic<std::uint64_t> stalls_ = 0;
    LogLimiter limiter_;
    Watchdog watchdog_;

    std::atomic<std::size_t> nextCore_ = 0;
    std::atomic<bool> stopping_ = false;
    std::atomic<bool> ended_ = false;
    std::atomic<bool> upkeepRunning_ = false;

    // Confined to the thread that won upkeepRunning_.
    TimePoint nextUpkeep_{};
    TimePoint stopDeadline_{};
    TimePoint nextStopWalk_{};
    std::vector<std::shared_ptr<Session>> snapshot_;

    mutable Mutex mutex_;
    std::condition_variable_any endOrExit_;  // a stop, its end, or the exit of a worker
    bool started_ SC_GUARDED_BY(mutex_) = false;
    std::size_t workersRunning_ SC_GUARDED_BY(mutex_) = 0;
    Ledger counts_ SC_GUARDED_BY(mutex_);
    std::vector<std::unique_ptr<const SessionLimits>> laterLimits_ SC_GUARDED_BY(mutex_);
};

}  // namespace servercore
