#include "ServerCore/Job/ReadyQueues.h"

#include <atomic>
#include <utility>

#include <boost/lockfree/queue.hpp>

#include "ServerCore/Base/Mutex.h"

namespace servercore {

struct ReadyQueues::Parts {
    explicit Parts(std::size_t capacity) : inside(capacity) {}

    boost::lockfree::queue<JobQueue*, boost::lockfree::fixed_sized<true>> inside;
    std::atomic<std::size_t> count = 0;         // pushed and not claimed
    std::atomic<std::size_t> outsideCount = 0;  // in the list

    Mutex mutex;
    JobQueue* firstOutside SC_GUARDED_BY(mutex) = nullptr;
    JobQueue* lastOutside SC_GUARDED_BY(mutex) = nullptr;
};

ReadyQueues::ReadyQueues(std::size_t capacity) : parts_(std::make_unique<Parts>(capacity)) {}

ReadyQueues::~ReadyQueues() {
    // Not only let go: what their jobs hold may in turn hold them.
    while (const std::shared_ptr<JobQueue> queue = TryPop()) {
        queue->Abandon();
    }
}

bool ReadyQueues::RunOne(WorkerActivity& activity) {
    std::shared_ptr<JobQueue> queue = TryPop();
    if (queue == nullptr) {
        return false;
    }
    if (queue->RunSlice(activity)) {
        Push(std::move(queue));
    }
    return true;
}

bool ReadyQueues::IsEmpty() const noexcept {
    return parts_->count.load() == 0;
}

void ReadyQueues::Push(std::shared_ptr<JobQueue> queue) noexcept {
    JobQueue* const ready = queue.get();
    ready->readyShare_ = std::move(queue);
    // Behind those outside, if there are any.
    if (parts_->outsideCount.load() > 0 || !parts_->inside.push(ready)) {
        MutexLock lock(parts_->mutex);
        ready->readyNext_ = nullptr;
        (parts_->lastOutside == nullptr ? parts_->firstOutside : parts_->lastOutside->readyNext_) = ready;
        parts_->lastOutside = ready;
        parts_->outsideCount.fetch_add(1);
    }
    parts_->count.fetch_add(1);
}

std::shared_ptr<JobQueue> ReadyQueues::TryPop() noexcept {
    std::size_t count = parts_->count.load();
    do {
        if (count == 0) {
            return nullptr;
        }
    } while (!parts_->count.compare_exchange_weak(count, count - 1));
    // One of those pushed is this caller's now. It may only still be outside.
    JobQueue* ready = nullptr;
    while (!parts_->inside.pop(ready)) {
        AdmitThoseOutside();
    }
    return std::move(ready->readyShare_);
}

void ReadyQueues::AdmitThoseOutside() noexcept {
    if (parts_->outsideCount.load() == 0) {
        return;
    }
    MutexLock lock(parts_->mutex);
    while (JobQueue* const first = parts_->firstOutside) {
        JobQueue* const next = first->readyNext_;  // first: once inside, it may run and be gone
        if (!parts_->inside.push(first)) {
            return;
        }
        parts_->firstOutside = next;
        if (next == nullptr) {
            parts_->lastOutside = nullptr;
        }
        parts_->outsideCount.fetch_sub(1);
    }
}

}  // namespace servercore
