#pragma once

#include <mutex>

#include "ServerCore/Base/ThreadAnnotations.h"

namespace servercore {

// std::mutex with thread-safety annotations (libstdc++'s carries none). Not recursive.
class SC_CAPABILITY("mutex") Mutex {
public:
    Mutex() = default;
    Mutex(const Mutex&) = delete;
    Mutex& operator=(const Mutex&) = delete;

    void lock() SC_ACQUIRE() { mutex_.lock(); }
    void unlock() SC_RELEASE() { mutex_.unlock(); }
    [[nodiscard]] bool try_lock() SC_TRY_ACQUIRE(true) { return mutex_.try_lock(); }

private:
    std::mutex mutex_;
};

// Holds a Mutex, or a SmallMutex, for a scope. Satisfies BasicLockable, so std::condition_variable_any can wait on it.
template <class Lockable>
class SC_SCOPED_CAPABILITY MutexLock {
public:
    explicit MutexLock(Lockable& mutex) SC_ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
    ~MutexLock() SC_RELEASE() { mutex_.unlock(); }
    MutexLock(const MutexLock&) = delete;
    MutexLock& operator=(const MutexLock&) = delete;

    void lock() SC_ACQUIRE() { mutex_.lock(); }
    void unlock() SC_RELEASE() { mutex_.unlock(); }

private:
    Lockable& mutex_;
};

}  // namespace servercore
