#pragma once

#include <atomic>
#include <cstdint>

#include "ServerCore/Base/ThreadAnnotations.h"

namespace servercore {

// A Mutex of one byte, for what exists once per connection (std::mutex is 40 bytes on Linux). Not recursive.
//
// Who finds it free pays one atomic operation. Who does not, sleeps on one of a few condition variables that the whole process shares,
// chosen by the mutex's address; so a mutex costs nothing while nobody waits for it, and may be destroyed as soon as nobody will lock it
// again.
class SC_CAPABILITY("mutex") SmallMutex {
public:
    SmallMutex() = default;
    SmallMutex(const SmallMutex&) = delete;
    SmallMutex& operator=(const SmallMutex&) = delete;

    void lock() SC_ACQUIRE() {
        if (!try_lock()) {
            LockSlowly();
        }
    }
    // Touches nothing of this object once another thread can have the lock.
    void unlock() SC_RELEASE() {
        if (state_.exchange(kFree) == kAwaited) {
            WakeThoseWaitingFor(this);
        }
    }
    [[nodiscard]] bool try_lock() SC_TRY_ACQUIRE(true) {
        std::uint8_t expected = kFree;
        return state_.compare_exchange_strong(expected, kHeld);
    }

private:
    static constexpr std::uint8_t kFree = 0;
    static constexpr std::uint8_t kHeld = 1;
    static constexpr std::uint8_t kAwaited = 2;  // held, and somebody may be asleep

    void LockSlowly();
    static void WakeThoseWaitingFor(const void* mutex);

    std::atomic<std::uint8_t> state_ = kFree;
};

}  // namespace servercore
