#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Base/Watchdog.h"
#include "ServerCore/Job/JobExecutor.h"
#include "ServerCore/Job/ReadyQueues.h"

namespace servercore {

// Threads that run job queues, apart from the threads that do I/O: a slow job delays no packet of another owner. Ready queues wait in a
// lock-free queue; a thread that finds none sleeps, and only then is there a lock.
// Owner: main() or a test.  Threads: Schedule from any; the rest is the owner's.
class WorkerPool final : public JobExecutor {
public:
    explicit WorkerPool(std::string name);
    // Stops. Nobody may post any more.
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    // Once. `watchdog`, if there is one, outlives the pool.
    void Start(std::size_t threads, Watchdog* watchdog = nullptr);

    // Runs what is queued, and what that posts, then joins. A queue that is scheduled later is abandoned, so that its jobs are counted and
    // its posters hear that it is closed. Any number of times; not from a job.
    void Stop() SC_EXCLUDES(mutex_);

    void Schedule(std::shared_ptr<JobQueue> queue) noexcept override SC_EXCLUDES(mutex_);

private:
    // In place of a number of busy queues: no thread will run one any more.
    static constexpr std::size_t kEnded = ~std::size_t{0};

    void Run(std::size_t index, Watchdog* watchdog);
    // nullptr: stopping and nothing left.
    [[nodiscard]] std::shared_ptr<JobQueue> TakeReady() SC_EXCLUDES(mutex_);
    [[nodiscard]] bool TryToCountAsBusy() noexcept;
    void CountAsIdle() SC_EXCLUDES(mutex_);
    [[nodiscard]] bool TryToEnd() noexcept;

    const std::string name_;
    std::vector<std::thread> threads_;

    ReadyQueues ready_;
    std::atomic<std::size_t> busyQueues_ = 0;  // ready or running; or kEnded
    std::atomic<std::size_t> sleepers_ = 0;
    std::atomic<bool> stopping_ = false;

    Mutex mutex_;  // guards nothing: nobody falls asleep between a look and a notification
    std::condition_variable_any changed_;
};

}  // namespace servercore
