#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <system_error>

#include "ServerCore/Base/Clock.h"
#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Base/TimerWheel.h"
#include "ServerCore/Base/WorkerActivity.h"
#include "ServerCore/Net/IocpEvent.h"
#include "ServerCore/Net/IocpObject.h"
#include "ServerCore/Net/IocpTimer.h"
#include "ServerCore/Platform/IoBackend.h"

namespace servercore {

// The completion port: submits events for their owners and dispatches completions to them.
//
// There are more ways onto its threads. Post: an object asks to be called after the current batch; sessions use it to send once per batch
// what was queued during it, and to end outside of anybody's callback. PostTurn: after the next batch, to go on with long work. PostAtTick:
// not before the next tick. ArmTimer: at a time.
//
// Owner: Service.  Threads: safe from any; any number of threads may Dispatch at once. All submits follow guarantee G1: on an error
// nothing is in flight and OnCompleted will not be called. Nothing throws: memory that a submit lacks is the error not_enough_memory.
class IocpCore final : private platform::CompletionHandler {
public:
    // `tick`: see PostAtTick. `clock` outlives the core.
    IocpCore(std::unique_ptr<platform::IoBackend> backend, const Clock& clock, std::chrono::milliseconds tick = {}) noexcept;
    // Precondition: nothing is in flight, no timer is armed and nobody dispatches.
    ~IocpCore();

    [[nodiscard]] std::error_code Attach(platform::Socket& socket);
    [[nodiscard]] std::error_code Accept(platform::Socket& listener, IocpEvent& event, std::shared_ptr<IocpObject> owner);
    [[nodiscard]] std::error_code Connect(platform::Socket& socket, const NetAddress& peer, IocpEvent& event,
                                          std::shared_ptr<IocpObject> owner);
    [[nodiscard]] std::error_code Receive(platform::Socket& socket, IocpEvent& event, std::shared_ptr<IocpObject> owner);
    [[nodiscard]] std::error_code Send(platform::Socket& socket, std::span<const ConstBytes> buffers, IocpEvent& event,
                                       std::shared_ptr<IocpObject> owner);
    void Cancel(platform::Socket& socket);

    // Has OnPosted called soon. From a thread that dispatches this core: at the end of its batch, at no further cost. The object must not
    // be posted again before OnPosted has begun.
    void Post(std::shared_ptr<IocpObject> object) noexcept SC_EXCLUDES(inboxMutex_);

    // Has OnTurn called in the next batch, so that others have their turn first. As Post.
    void PostTurn(std::shared_ptr<IocpObject> object) noexcept SC_EXCLUDES(inboxMutex_);

    // Has OnTick called at the next multiple of the tick. The object must not be given again before OnTick has begun.
    // Precondition: the tick is not 0.
    void PostAtTick(std::shared_ptr<IocpObject> object) noexcept SC_EXCLUDES(timerMutex_);

    // Has OnTimer of the timer's owner called at `time` or soon after, never before. A timer that is armed already keeps the earlier time.
    void ArmTimer(IocpTimer& timer, TimePoint time) noexcept SC_EXCLUDES(timerMutex_);
    // Afterwards OnTimer does not begin, unless it has begun already on another thread.
    void CancelTimer(IocpTimer& timer) noexcept SC_EXCLUDES(timerMutex_);

    // Waits for and runs one batch. Returns the completions dispatched, and turns and timers run. Not from within a callback.
    // What is called says in `activity` what it does, for a watchdog.
    std::size_t Dispatch(std::chrono::milliseconds timeout, WorkerActivity& activity);
    std::size_t Dispatch(std::chrono::milliseconds timeout);

    // Makes at least one Dispatch return early.
    void Wake();

    // Operations submitted whose completion has not been dispatched, and posts from other threads that have not returned.
    [[nodiscard]] std::size_t InFlight() const noexcept { return inFlight_.load(); }

    // The calling thread is inside Dispatch of any core, hence possibly inside a callback.
    [[nodiscard]] static bool IsDispatchingThread() noexcept;
    // Precondition: it is.
    [[nodiscard]] static WorkerActivity& ThisThreadsActivity() noexcept;

private:
    struct Frame;
    using PostedList = ObjectList<&IocpObject::nextPosted_>;
    using TurnList = ObjectList<&IocpObject::nextInTurn_>;
    using TickList = ObjectList<&IocpObject::nextAtTick_>;

    void OnCompletion(platform::IoOperation& operation, platform::IoResult& result) noexcept override;
    void OnBatchEnd() noexcept override;

    template <class Submit>
    [[nodiscard]] std::error_code SubmitEvent(EventType type, IocpEvent& event, std::shared_ptr<IocpObject> owner, Submit submit);

    [[nodiscard]] bool DispatchesHere() const noexcept;
    [[nodiscard]] std::chrono::milliseconds WaitTime(std::chrono::milliseconds atMost) SC_EXCLUDES(timerMutex_);
    template <class Put>
    void PutIntoInbox(Put put) SC_EXCLUDES(inboxMutex_);
    void RunTick(TimePoint now) SC_EXCLUDES(timerMutex_);
    void RunTimers(TimePoint now) SC_EXCLUDES(timerMutex_);
    void WakeFor(TimePoint time, TimePoint next);

    // nullptr: the thread does not dispatch.
    [[nodiscard]] static Frame*& ThisThreadsFrame() noexcept;

    const std::unique_ptr<platform::IoBackend> backend_;
    const Clock& clock_;
    const Duration tick_;
    std::atomic<std::size_t> inFlight_ = 0;

    Mutex inboxMutex_;
    PostedList inbox_ SC_GUARDED_BY(inboxMutex_);
    TurnList turns_ SC_GUARDED_BY(inboxMutex_);

    Mutex timerMutex_;
    TimerWheel wheel_ SC_GUARDED_BY(timerMutex_);
    TickList atTick_ SC_GUARDED_BY(timerMutex_);
    TimePoint nextTick_ SC_GUARDED_BY(timerMutex_) = TimePoint::max();
};

}  // namespace servercore
