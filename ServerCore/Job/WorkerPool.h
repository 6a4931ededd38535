#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Base/Watchdog.h"
#include "ServerCore/Job/JobQueue.h"

namespace servercore {

// Threads that run job queues, apart from the threads that do I/O: a slow job delays no packet of another owner.
// Owner: main() or a test.  Threads: Schedule from any; the rest is the owner's.
class WorkerPool final : public JobExecutor {
public:
    explicit WorkerPool(std::string name);
    // Runs what is queued, then joins. Nobody may post any more.
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    // Once. `watchdog`, if there is one, outlives the pool.
    void Start(std::size_t threads, Watchdog* watchdog = nullptr);

    void Schedule(std::shared_ptr<JobQueue> queue) override SC_EXCLUDES(mutex_);

private:
    void Run(std::size_t index, Watchdog* watchdog);
    // nullptr: stopping and nothing left.
    [[nodiscard]] std::shared_ptr<JobQueue> TakeReady() SC_EXCLUDES(mutex_);

    const std::string name_;
    std::vector<std::thread> threads_;

    Mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<std::shared_ptr<JobQueue>> ready_ SC_GUARDED_BY(mutex_);
    std::size_t running_ SC_GUARDED_BY(mutex_) = 0;
    bool stopping_ SC_GUARDED_BY(mutex_) = false;
};

}  // namespace servercore
