#pragma once

#include <cstddef>
#include <memory>

#include "ServerCore/Base/WorkerActivity.h"
#include "ServerCore/Job/JobExecutor.h"
#include "ServerCore/Job/ReadyQueues.h"

namespace servercore {

// Runs queues when it is told to, in the order in which they became ready: for simulations and tests, where the same calls give the same
// run. Owner: a simulation or a test.  Threads: Schedule from any; Run... on one at a time. Deterministic if all is one thread's.
class ManualExecutor final : public JobExecutor {
public:
    void Schedule(std::shared_ptr<JobQueue> queue) noexcept override { ready_.Push(std::move(queue)); }

    // One slice of the first queue. False: nothing is scheduled.
    bool RunOne() { return ready_.RunOne(activity_); }

    // Until nothing is scheduled. Returns how many slices it ran. Does not end while jobs keep posting.
    std::size_t RunAll();

    [[nodiscard]] bool IsIdle() const noexcept { return ready_.IsEmpty(); }

private:
    ReadyQueues ready_;
    WorkerActivity activity_;
};

}  // namespace servercore
