#include "tests/Support/PortRunner.h"

#include <gtest/gtest.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace servercore::test {

PortRunner::PortRunner(std::unique_ptr<platform::IoBackend> port) : port_(std::move(port)) {}

PortRunner::~PortRunner() {
    EXPECT_TRUE(Await([this] { return completed_.load() == submitted_.load(); })) << "operations that never completed";
    StopThreads();
    Drain();  // what completes now has completed twice
    EXPECT_EQ(completed_.load(), submitted_.load());
    port_.reset();
}

void PortRunner::StartThreads(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        threads_.emplace_back([this] { Dispatch(); });
    }
}

void PortRunner::Dispatch() {
    while (!stop_.load()) {
        // Longer than the deadline: a lost wake-up must not be healed by the timeout.
        port_->Wait(*this, 3 * kDeadline);
    }
    port_->Wake();  // the next thread's
}

void PortRunner::StopThreads() {
    stop_.store(true);
    if (!threads_.empty()) {
        port_->Wake();
    }
    for (std::thread& thread : threads_) {
        thread.join();
    }
    threads_.clear();
}

TestOperation& PortRunner::NewOperation(TestOperation::Callback callback) {
    const std::lock_guard lock(mutex_);
    return operations_.emplace_back(std::move(callback));
}

TestOperation& PortRunner::Accept(platform::Socket& listener) {
    TestOperation& operation = NewOperation();
    static_cast<void>(Accept(listener, operation));
    return operation;
}

TestOperation& PortRunner::Connect(platform::Socket& socket, const NetAddress& peer) {
    TestOperation& operation = NewOperation();
    static_cast<void>(Connect(socket, peer, operation));
    return operation;
}

TestOperation& PortRunner::Receive(platform::Socket& socket) {
    TestOperation& operation = NewOperation();
    static_cast<void>(Receive(socket, operation));
    return operation;
}

TestOperation& PortRunner::Send(platform::Socket& socket, std::span<const ConstBytes> buffers) {
    TestOperation& operation = NewOperation();
    static_cast<void>(Send(socket, buffers, operation));
    return operation;
}

TestOperation& PortRunner::Send(platform::Socket& socket, ConstBytes bytes) {
    return Send(socket, std::array{bytes});
}

std::error_code PortRunner::Accept(platform::Socket& listener, TestOperation& operation) {
    return Submit(operation, [&] { return port_->Accept(listener, operation); });
}

std::error_code PortRunner::Connect(platform::Socket& socket, const NetAddress& peer, TestOperation& operation) {
    return Submit(operation, [&] { return port_->Connect(socket, peer, operation); });
}

std::error_code PortRunner::Receive(platform::Socket& socket, TestOperation& operation) {
    return Submit(operation, [&] { return port_->Receive(socket, operation); });
}

std::error_code PortRunner::Send(platform::Socket& socket, std::span<const ConstBytes> buffers, TestOperation& operation) {
    return Submit(operation, [&] { return port_->Send(socket, buffers, operation); });
}

// After a successful call the operation may already have completed on another thread, and been submitted again.
template <class Call>
std::error_code PortRunner::Submit(TestOperation& operation, Call call) {
    submitted_.fetch_add(1);
    operation.Begin();
    const std::error_code error = call();
    if (error) {
        operation.Refuse(error);
        submitted_.fetch_sub(1);
    }
    return error;
}

bool PortRunner::Await(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + kDeadline;
    if (!threads_.empty()) {
        std::unique_lock lock(mutex_);
        return changed_.wait_until(lock, deadline, condition);
    }
    while (!condition()) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        if (left <= std::chrono::milliseconds::zero()) {
            return false;
        }
        WaitOnce(left);
    }
    return true;
}

void PortRunner::Notify() {
    // Empty but needed: a thread between its look at the condition and its sleep holds the lock.
    { const std::lock_guard lock(mutex_); }
    changed_.notify_all();
}

Outcome& PortRunner::Finish(TestOperation& operation) {
    if (!Await([&] { return !operation.IsInFlight(); })) {
        throw std::runtime_error("an operation did not complete");
    }
    return operation.Last();
}

void PortRunner::Drain() {
    while (WaitOnce(std::chrono::milliseconds::zero()) > 0) {
    }
}

void PortRunner::OnCompletion(platform::IoOperation& operation, platform::IoResult& result) noexcept {
    openBatch_.fetch_add(1);
    static_cast<TestOperation&>(operation).Complete(result);
    completed_.fetch_add(1);
    Notify();
}

void PortRunner::OnBatchEnd() noexcept {
    batchEnds_.fetch_add(1);
    openBatch_.store(0);
    if (onBatchEnd) {
        onBatchEnd();
    }
}

}  // namespace servercore::test
