#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <system_error>
#include <vector>

#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Net/IocpEvent.h"
#include "ServerCore/Net/IocpObject.h"
#include "ServerCore/Platform/IoBackend.h"

namespace servercore {

// The completion port: submits events for their owners and dispatches completions to them.
//
// Post is the second way onto its threads: an object asks to be called after the current batch. Sessions use it to send once per batch what
// was queued during it, and to end outside of anybody's callback.
//
// Owner: Service.  Threads: safe from any; any number of threads may Dispatch at once. All submits follow guarantee G1: on an error
// nothing is in flight and OnCompleted will not be called.
class IocpCore final : private platform::CompletionHandler {
public:
    explicit IocpCore(std::unique_ptr<platform::IoBackend> backend) noexcept;
    // Precondition: nothing is in flight and nobody dispatches.
    ~IocpCore();

    [[nodiscard]] std::error_code Attach(platform::Socket& socket);
    [[nodiscard]] std::error_code Accept(platform::Socket& listener, IocpEvent& event, std::shared_ptr<IocpObject> owner);
    [[nodiscard]] std::error_code Connect(platform::Socket& socket, const NetAddress& peer, IocpEvent& event,
                                          std::shared_ptr<IocpObject> owner);
    [[nodiscard]] std::error_code Receive(platform::Socket& socket, IocpEvent& event, std::shared_ptr<IocpObject> owner);
    [[nodiscard]] std::error_code Send(platform::Socket& socket, std::span<const ConstBytes> buffers, IocpEvent& event,
                                       std::shared_ptr<IocpObject> owner);
    void Cancel(platform::Socket& socket);

    // Has OnPosted called soon. From a thread that dispatches this core: at the end of its batch, at no further cost.
    void Post(std::shared_ptr<IocpObject> object) SC_EXCLUDES(inboxMutex_);

    // Waits for and runs one batch. Returns the completions dispatched. Not from within a callback.
    std::size_t Dispatch(std::chrono::milliseconds timeout);

    // Makes at least one Dispatch return early.
    void Wake();

    // Operations submitted whose completion has not been dispatched, and posts from other threads that have not returned.
    [[nodiscard]] std::size_t InFlight() const noexcept { return inFlight_.load(); }

    // The calling thread is inside Dispatch of any core, hence possibly inside a callback.
    [[nodiscard]] static bool IsDispatchingThread() noexcept;

private:
    struct Frame;

    void OnCompletion(platform::IoOperation& operation, platform::IoResult& result) noexcept override;
    void OnBatchEnd() noexcept override;

    template <class Submit>
    [[nodiscard]] std::error_code SubmitEvent(EventType type, IocpEvent& event, std::shared_ptr<IocpObject> owner, Submit submit);
    void TakeInbox(std::vector<std::shared_ptr<IocpObject>>& into) SC_EXCLUDES(inboxMutex_);

    // nullptr: the thread does not dispatch.
    [[nodiscard]] static Frame*& ThisThreadsFrame() noexcept;

    const std::unique_ptr<platform::IoBackend> backend_;
    std::atomic<std::size_t> inFlight_ = 0;

    Mutex inboxMutex_;
    std::vector<std::shared_ptr<IocpObject>> inbox_ SC_GUARDED_BY(inboxMutex_);
};

}  // namespace servercore
