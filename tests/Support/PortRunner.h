#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <system_error>
#include <thread>
#include <vector>

#include "ServerCore/Platform/IoBackend.h"
#include "tests/Support/TestOperation.h"

namespace servercore::test {

// Never reached by a backend that works, however slow the machine; only a failure waits so long.
inline constexpr std::chrono::seconds kDeadline{20};

// A port and whoever waits on it. Without threads of its own the test's thread waits, inside Await: all happens in one order, and a missing
// wake is not hidden by another thread. With threads the test's thread only looks on.
//
// Owner: the test, before the sockets, so that they close first.  Threads: submits from any; the rest from the test's thread.
// Destruction: checks that every operation has completed, exactly once.
class PortRunner final : private platform::CompletionHandler {
public:
    explicit PortRunner(std::unique_ptr<platform::IoBackend> port);
    ~PortRunner();
    PortRunner(const PortRunner&) = delete;
    PortRunner& operator=(const PortRunner&) = delete;

    void StartThreads(std::size_t count);
    // The destructor does it too.
    void StopThreads();

    [[nodiscard]] platform::IoBackend& Port() noexcept { return *port_; }

    // The runner owns it until the end of the test.
    [[nodiscard]] TestOperation& NewOperation(TestOperation::Callback callback = {});

    // A new operation each. Its outcome is there after Finish, also when the submit was refused.
    [[nodiscard]] TestOperation& Accept(platform::Socket& listener);
    [[nodiscard]] TestOperation& Connect(platform::Socket& socket, const NetAddress& peer);
    [[nodiscard]] TestOperation& Receive(platform::Socket& socket);
    [[nodiscard]] TestOperation& Send(platform::Socket& socket, std::span<const ConstBytes> buffers);
    [[nodiscard]] TestOperation& Send(platform::Socket& socket, ConstBytes bytes);

    // With an operation that is not in flight. The error is the submit's.
    std::error_code Accept(platform::Socket& listener, TestOperation& operation);
    std::error_code Connect(platform::Socket& socket, const NetAddress& peer, TestOperation& operation);
    std::error_code Receive(platform::Socket& socket, TestOperation& operation);
    std::error_code Send(platform::Socket& socket, std::span<const ConstBytes> buffers, TestOperation& operation);

    // False when the condition does not hold within kDeadline. With threads it is checked after each completion and each Notify.
    [[nodiscard]] bool Await(const std::function<bool()>& condition);
    void Notify();

    // Awaits the operation's end; throws after kDeadline.
    Outcome& Finish(TestOperation& operation);

    // One Wait of the test's thread.
    std::size_t WaitOnce(std::chrono::milliseconds timeout) { return port_->Wait(*this, timeout); }
    // Delivers what is ready now.
    void Drain();

    // Called by OnBatchEnd, on whichever thread waits. To be set and reset while there are no threads.
    std::function<void()> onBatchEnd;
    [[nodiscard]] std::size_t BatchEnds() const noexcept { return batchEnds_.load(); }
    // Completions that no OnBatchEnd has followed yet.
    [[nodiscard]] std::size_t OpenBatch() const noexcept { return openBatch_.load(); }

    [[nodiscard]] std::size_t Submitted() const noexcept { return submitted_.load(); }
    [[nodiscard]] std::size_t Completed() const noexcept { return completed_.load(); }

private:
    void OnCompletion(platform::IoOperation& operation, platform::IoResult& result) noexcept override;
    void OnBatchEnd() noexcept override;
    void Dispatch();

    template <class Call>
    std::error_code Submit(TestOperation& operation, Call call);

    std::unique_ptr<platform::IoBackend> port_;
    std::vector<std::thread> threads_;
    std::atomic<bool> stop_ = false;

    std::atomic<std::size_t> submitted_ = 0;  // refused ones do not count
    std::atomic<std::size_t> completed_ = 0;
    std::atomic<std::size_t> batchEnds_ = 0;
    std::atomic<std::size_t> openBatch_ = 0;

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<TestOperation> operations_;  // guarded by mutex_
};

}  // namespace servercore::test
