#include "ServerCore/Base/SmallMutex.h"

#include <array>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>

namespace servercore {

namespace {

struct Bed {
    std::mutex mutex;
    std::condition_variable freed;
};

// Strangers may share a bed; they wake together, and all but one go back to sleep.
Bed& BedFor(const void* mutex) {
    static std::array<Bed, 64> beds;
    const std::size_t address = std::hash<const void*>{}(mutex);
    return beds[(address / 64 + address / 4096) % beds.size()];
}

}  // namespace

// Whoever has slept once takes the lock as awaited, because it cannot know whether it was the only one.
void SmallMutex::LockSlowly() {
    Bed& bed = BedFor(this);
    std::unique_lock lock(bed.mutex);
    while (state_.exchange(kAwaited) != kFree) {
        bed.freed.wait(lock);
    }
}

// The bed's mutex: whoever has set kAwaited is asleep by then, or sees that the mutex is free.
void SmallMutex::WakeThoseWaitingFor(const void* mutex) {
    Bed& bed = BedFor(mutex);
    const std::lock_guard lock(bed.mutex);
    bed.freed.notify_all();
}

}  // namespace servercore
