#include "ServerCore/Job/WorkerPool.h"

#include <utility>

#include <fmt/format.h>

#include "ServerCore/Base/Assert.h"
#include "ServerCore/Base/ThreadName.h"

namespace servercore {

WorkerPool::WorkerPool(std::string name) : name_(std::move(name)) {}

WorkerPool::~WorkerPool() {
    {
        MutexLock lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) {
        thread.join();
    }
    SC_ASSERT(ready_.empty());
}

void WorkerPool::Start(std::size_t threads, Watchdog* watchdog) {
    SC_VERIFY(threads_.empty());
    for (std::size_t i = 0; i < threads; ++i) {
        threads_.emplace_back([this, i, watchdog] { Run(i, watchdog); });
    }
}

void WorkerPool::Schedule(std::shared_ptr<JobQueue> queue) {
    {
        MutexLock lock(mutex_);
        ready_.push_back(std::move(queue));
    }
    changed_.notify_one();
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
            Schedule(std::move(queue));
        }
        MutexLock lock(mutex_);
        --running_;
        if (stopping_) {
            changed_.notify_all();  // the others may be waiting for just this
        }
    }
    if (watchdog != nullptr) {
        watchdog->Forget(activity);
    }
}

std::shared_ptr<JobQueue> WorkerPool::TakeReady() {
    MutexLock lock(mutex_);
    // A running queue may come back, so stopping waits for those too.
    changed_.wait(lock, [this]() SC_REQUIRES(mutex_) { return !ready_.empty() || (stopping_ && running_ == 0); });
    if (ready_.empty()) {
        return nullptr;
    }
    std::shared_ptr<JobQueue> queue = std::move(ready_.front());
    ready_.pop_front();
    ++running_;
    return queue;
}

}  // namespace servercore
