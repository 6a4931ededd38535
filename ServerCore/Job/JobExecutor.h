#pragma once

#include <memory>

namespace servercore {

class JobQueue;

// Runs job queues that have work: WorkerPool on threads of its own, ManualExecutor when it is told to, ServiceExecutor (App) on the workers
// of a service.
class JobExecutor {
public:
    // The queue is not scheduled elsewhere; call RunSlice on some thread, again for as long as it returns true. Or call Abandon, if there
    // will be no thread any more. Allocates nothing and cannot fail.
    virtual void Schedule(std::shared_ptr<JobQueue> queue) noexcept = 0;

protected:
    ~JobExecutor() = default;
};

}  // namespace servercore
