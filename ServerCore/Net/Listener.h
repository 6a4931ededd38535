#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "ServerCore/Base/BackOff.h"
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
    // A connection to keep or to end; the listener goes on in any case.
    virtual void OnAccepted(std::unique_ptr<platform::Socket> socket) = 0;

protected:
    ~ListenerHost() = default;
};

// Accepts connections with a constant number of accepts in flight, whatever the number of sessions: it accepts at the session cap too, for
// the host to refuse at once. A client that waited in the operating system's backlog instead would learn nothing, and those that gave up
// meanwhile would be the first to be served when there is room again.
//
// An accept that fails tells one of three things:
//  - only that connection was lost: it is submitted again at once;
//  - the system is short of something (or the error is not known): it is parked and submitted again after a pause, from kFirstPause
//    to kLongestPause. Never from inside the failure, which would recurse. The log gets a line at once, and then one every ten seconds as
//    long as it lasts;
//  - the listening socket itself is broken: the listener stops. Its owner makes another one.
//
// Owner: ServerService.  Threads: safe from any.
class Listener final : public IocpObject {
public:
    // The host looks for the end of a pause every 100 ms, and may come as late again: in all it is no longer than a second.
    static constexpr BackOff::Pause kFirstPause{10};
    static constexpr BackOff::Pause kLongestPause{800};

    Listener(IocpCore& core, ListenerHost& host, std::unique_ptr<platform::Socket> socket, std::size_t acceptDepth, const Clock& clock,
             Logger& log);

    // Once, after construction.
    [[nodiscard]] std::error_code Start();

    // Closes the listening socket; accepts in flight come back first. Any number of times.
    void Stop();

    // Nothing is in flight and the socket is closed.
    [[nodiscard]] bool IsStopped() const noexcept { return stopped_.load(); }

    // The listening socket turned out to be of no use; the listener is stopping, or has stopped.
    [[nodiscard]] bool IsBroken() const noexcept { return broken_.load(); }

    // For Service, every so often, one call at a time: submits the parked accepts when their pause is over.
    void Resume(TimePoint now) SC_EXCLUDES(mutex_);

    // Accepts that failed, and accepts in flight.
    [[nodiscard]] std::uint64_t Failures() const noexcept { return failures_.load(std::memory_order_relaxed); }
    [[nodiscard]] std::size_t Armed() const noexcept { return armed_.load(std::memory_order_relaxed); }

    void OnCompleted(IocpEvent& event, platform::IoResult& result) override;
    void OnPosted() override {}

private:
    [[nodiscard]] bool TryHold() noexcept;
    void ReleaseHold();
    void Submit(IocpEvent& event);
    void Park(IocpEvent& event, std::error_code error) SC_EXCLUDES(mutex_);
    void Break(std::error_code error);

    IocpCore& core_;
    ListenerHost& host_;
    const Clock& clock_;
    Logger& log_;
    std::unique_ptr<platform::Socket> socket_;
    std::vector<IocpEvent> events_;    // fixed size
    std::vector<IocpEvent*> resumed_;  // confined to Resume, and empty outside of it

    std::atomic<int> holds_ = 0;
    std::atomic<bool> stopping_ = false;
    std::atomic<bool> stopped_ = false;
    std::atomic<bool> broken_ = false;
    std::atomic<std::uint64_t> failures_ = 0;
    std::atomic<std::size_t> armed_ = 0;

    Mutex mutex_;
    std::vector<IocpEvent*> parked_ SC_GUARDED_BY(mutex_);
    TimePoint resumeAt_ SC_GUARDED_BY(mutex_);
    BackOff backOff_ SC_GUARDED_BY(mutex_){kFirstPause, kLongestPause};
    TimePoint nextAlarm_ SC_GUARDED_BY(mutex_);
    std::uint64_t sinceAlarm_ SC_GUARDED_BY(mutex_) = 0;  // failures that the log has not heard of
};

}  // namespace servercore
