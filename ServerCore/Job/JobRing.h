#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "ServerCore/Base/Assert.h"
#include "ServerCore/Base/Clock.h"
#include "ServerCore/Job/Job.h"

namespace servercore {

// A job in a queue.
struct QueuedJob {
    Job job;
    const char* name = nullptr;  // a literal
    TimePoint postedAt{};
};

// First in, first out, in memory that grows to what was needed at most and stays: in the steady state nothing is allocated.
// Owner: JobQueue.  Threads: the owner locks.
class JobRing {
public:
    [[nodiscard]] std::size_t Size() const noexcept { return size_; }
    [[nodiscard]] bool IsEmpty() const noexcept { return size_ == 0; }

    // Precondition: not empty.
    [[nodiscard]] const QueuedJob& Front() const noexcept { return slots_[first_]; }

    // When memory is short it throws std::bad_alloc, and both are as before.
    void Push(const char* name, TimePoint postedAt, Job&& job) {
        if (size_ == slots_.size()) {
            Grow();
        }
        QueuedJob& slot = slots_[(first_ + size_) % slots_.size()];
        slot.job = std::move(job);
        slot.name = name;
        slot.postedAt = postedAt;
        ++size_;
    }

    // Precondition: not empty.
    [[nodiscard]] QueuedJob Pop() noexcept {
        SC_ASSERT(size_ > 0);
        QueuedJob front = std::move(slots_[first_]);
        first_ = (first_ + 1) % slots_.size();
        --size_;
        return front;
    }

private:
    static constexpr std::size_t kFirstSize = 16;

    void Grow() {
        std::vector<QueuedJob> larger(slots_.empty() ? kFirstSize : 2 * slots_.size());
        for (std::size_t i = 0; i < size_; ++i) {
            larger[i] = std::move(slots_[(first_ + i) % slots_.size()]);
        }
        slots_ = std::move(larger);
        first_ = 0;
    }

    std::vector<QueuedJob> slots_;
    std::size_t first_ = 0;
    std::size_t size_ = 0;
};

}  // namespace servercore
