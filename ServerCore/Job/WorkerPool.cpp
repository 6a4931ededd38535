#include "ServerCore/Job/WorkerPool.h"

#include <utility>

#include <fmt/format.h>

#include "ServerCore/Base/Assert.h"
#include "ServerCore/Base/ThreadName.h"

namespace servercore {

WorkerPool::WorkerPool(std::string name) : name_(std::move(name)) {}

WorkerPool::~WorkerPool() {
    Stop();
}

void WorkerPool::Start(std::size_t threads, Watchdog* watchdog) {
    SC_VERIFY(threads_.empty() && !stopping_.load());
    for (std::size_t i = 0; i < threads; ++i) {
        threads_.emplace_back([this, i, watchdog] { Run(i, watchdog); });
    }
}

void WorkerPool::Stop() {
    {
        MutexLock lock(mutex_);
        stopping_.store(true);
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) {
        thread.join();
    }
    threads_.clear();
    busyQueues_.store(kEnded);
    // Only a pool that was never started has anything left.
    while (const std::shared_ptr<JobQueue> queue = ready_.TryPop()) {
        queue->Abandon();
    }
}

void WorkerPool::Schedule(std::shared_ptr<JobQueue> queue) noexcept {
    if (!TryToCountAsBusy()) {
        queue->Abandon();
        return;
    }
    ready_.Push(std::move(queue));
    if (sleepers_.load() > 0) {  // see ReadyQueues about the order
        { MutexLock lock(mutex_); }
        changed_.notify_one();
    }
}

void WorkerPool::Run(std::size_t index, Watchdog* watchdog) {
    const std::string name = fmt::format("{}-{}", name_, index);
    SetThreadName(name);
    WorkerActivity activity;
    if (watchdog != nullptr) {
        watchdog->Watch(name, activity);
    }
    while (std::shared_ptr<JobQueue> queue = TakeReady()) {
        if (queue->RunSlice(activity)) {
            ready_.Push(std::move(queue));  // nobody need be woken: this thread looks next
            continue;
        }
        queue.reset();  // it may be the last share, and what goes with it may post elsewhere
        CountAsIdle();
    }
    if (watchdog != nullptr) {
        watchdog->Forget(activity);
    }
}

std::shared_ptr<JobQueue> WorkerPool::TakeReady() {
    for (;;) {
        if (std::shared_ptr<JobQueue> queue = ready_.TryPop()) {
            return queue;
        }
        if (stopping_.load() && TryToEnd()) {
            return nullptr;
        }
        MutexLock lock(mutex_);
        sleepers_.fetch_add(1);
        changed_.wait(lock, [this] {
            const std::size_t busy = busyQueues_.load();
            // A running queue may come back, so stopping waits for those too.
            return !ready_.IsEmpty() || (stopping_.load() && (busy == 0 || busy == kEnded));
        });
        sleepers_.fetch_sub(1);
    }
}

bool WorkerPool::TryToCountAsBusy() noexcept {
    std::size_t busy = busyQueues_.load();
    do {
        if (busy == kEnded) {
            return false;
        }
    } while (!busyQueues_.compare_exchange_weak(busy, busy + 1));
    return true;
}

void WorkerPool::CountAsIdle() {
    if (busyQueues_.fetch_sub(1) == 1 && stopping_.load()) {
        { MutexLock lock(mutex_); }
        changed_.notify_all();  // the others may be waiting for just this
    }
}

// One decision for all threads: between it and a Schedule there is an order.
bool WorkerPool::TryToEnd() noexcept {
    std::size_t busy = 0;
    return busyQueues_.compare_exchange_strong(busy, kEnded) || busy == kEnded;
}

}  // namespace servercore
