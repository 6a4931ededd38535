#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "ServerCore/Base/Clock.h"
#include "ServerCore/Base/Log.h"
#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Net/IocpCore.h"
#include "ServerCore/Net/IocpEvent.h"
#include "ServerCore/Net/IocpObject.h"
#include "ServerCore/Platform/Network.h"

namespace servercore {

// The service, as its listener sees it.
class ListenerHost {
public:
    enum class Answer { GoOn, Full };

    // Full: accept no more for now. The socket is the host's in any case.
    [[nodiscard]] virtual Answer OnAccepted(std::unique_ptr<platform::Socket> socket) = 0;

    // Accepting may go on after Full.
    [[nodiscard]] virtual bool HasRoom() const = 0;

protected:
    ~ListenerHost() = default;
};

// Accepts connections with a constant number of accepts in flight; what does not fit waits in the operating system's backlog.
//
// An accept that fails is submitted again: at once when only that connection was lost, after a pause when the system is short of
// resources. An accept that cannot be submitted now is parked, never retried recursively.
//
// Owner: ServerService.  Threads: safe from any.
class Listener final : public IocpObject {
public:
    Listener(IocpCore& core, ListenerHost& host, std::unique_ptr<platform::Socket> socket, std::size_t acceptDepth, const Clock& clock,
             Logger& log);

    // Once, after construction.
    [[nodiscard]] std::error_code Start();

    // Closes the listening socket; accepts in flight come back first. Any number of times.
    void Stop();

    // Nothing is in flight and the socket is closed.
    [[nodiscard]] bool IsStopped() const noexcept { return stopped_.load(); }

    // For Service, every so often: submits the parked accepts when their pause is over and the host has room.
    void Resume(TimePoint now) SC_EXCLUDES(mutex_);

    // Accepts that completed with an error, and accepts in flight.
    [[nodiscard]] std::uint64_t Failures() const noexcept { return failures_.load(std::memory_order_relaxed); }
    [[nodiscard]] std::size_t Armed() const noexcept { return armed_.load(std::memory_order_relaxed); }

    void OnCompleted(IocpEvent& event, platform::IoResult& result) override;
    void OnPosted() override {}

private:
    [[nodiscard]] bool TryHold() noexcept;
    void ReleaseHold();
    void Submit(IocpEvent& event);
    void Park(IocpEvent& event) SC_EXCLUDES(mutex_);
    void BackOff(std::error_code error) SC_EXCLUDES(mutex_);

    IocpCore& core_;
    ListenerHost& host_;
    const Clock& clock_;
    Logger& log_;
    std::unique_ptr<platform::Socket> socket_;
    std::vector<IocpEvent> events_;  // fixed size

    std::atomic<int> holds_ = 0;
    std::atomic<bool> stopping_ = false;
    std::atomic<bool> stopped_ = false;
    std::atomic<std::uint64_t> failures_ = 0;
    std::atomic<std::size_t> armed_ = 0;

    Mutex mutex_;
    std::vector<IocpEvent*> parked_ SC_GUARDED_BY(mutex_);
    TimePoint resumeAt_ SC_GUARDED_BY(mutex_);
    Duration pause_ SC_GUARDED_BY(mutex_){};
};

}  // namespace servercore
