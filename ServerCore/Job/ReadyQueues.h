#pragma once

#include <cstddef>
#include <memory>

#include "ServerCore/Job/JobQueue.h"

namespace servercore {

// The queues of an executor that wait for a thread, first come, first served, each with a share in it.
//
// A lock-free queue of fixed size. When more queues are ready than it holds, the rest waits in a list under a lock, which costs no memory
// either: nothing is lost and nothing fails, it is only slower then.
// Owner: an executor.  Threads: safe from any. IsEmpty is sequentially consistent: of a thread that pushes and then looks for sleepers, and
// one that says it sleeps and then looks here, at least one sees the other.
class ReadyQueues {
public:
    static constexpr std::size_t kDefaultCapacity = 1024;

    explicit ReadyQueues(std::size_t capacity = kDefaultCapacity);
    // Precondition: nobody pushes. The queues that are left are abandoned.
    ~ReadyQueues();
    ReadyQueues(const ReadyQueues&) = delete;
    ReadyQueues& operator=(const ReadyQueues&) = delete;

    // Precondition: the queue is in no ReadyQueues.
    void Push(std::shared_ptr<JobQueue> queue) noexcept;

    // nullptr when empty.
    [[nodiscard]] std::shared_ptr<JobQueue> TryPop() noexcept;

    // Runs one slice of the first queue on this thread; it comes back last if it has more to do. False: there is none.
    bool RunOne(WorkerActivity& activity);

    [[nodiscard]] bool IsEmpty() const noexcept;

private:
    struct Parts;

    void AdmitThoseOutside() noexcept;

    const std::unique_ptr<Parts> parts_;
};

}  // namespace servercore
