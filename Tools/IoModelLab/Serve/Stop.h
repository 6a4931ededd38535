#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <list>

#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Base/ThreadAnnotations.h"

namespace iolab {

// The wish that a model ends. Models that wait with a time limit ask for it every kLookEvery; those that wait without one hang a hook in.
// Owner: the serve command.  Threads: safe from any.
class Stop {
public:
    static constexpr std::chrono::milliseconds kLookEvery{100};

    [[nodiscard]] bool IsRequested() const noexcept { return requested_.load(); }

    // Calls the hooks. Repeated until the model has ended, so a hook need not care whether the wait that it ends has begun yet.
    void Request() SC_EXCLUDES(mutex_);

    // Calls `wake` with each request, from another thread, while it lives.
    class Hook {
    public:
        Hook(Stop& stop, std::function<void()> wake);
        ~Hook();
        Hook(const Hook&) = delete;
        Hook& operator=(const Hook&) = delete;

    private:
        Stop& stop_;
        std::list<std::function<void()>>::iterator place_;
    };

private:
    std::atomic<bool> requested_ = false;
    servercore::Mutex mutex_;
    std::list<std::function<void()>> hooks_ SC_GUARDED_BY(mutex_);
};

}  // namespace iolab
