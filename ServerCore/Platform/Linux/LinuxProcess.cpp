// What belongs to the process and its threads rather than to sockets.
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <time.h>

#include <chrono>
#include <string>

#include "ServerCore/Base/ThreadName.h"
#include "ServerCore/Platform/Linux/LinuxError.h"
#include "ServerCore/Platform/OpenFileLimit.h"
#include "ServerCore/Platform/ProcessTime.h"
#include "ServerCore/Platform/StopSignal.h"

namespace servercore::platform {

namespace {

// Blocks SIGINT and SIGTERM for this thread and every thread it starts, and takes them up synchronously.
class LinuxStopSignal final : public StopSignal {
public:
    LinuxStopSignal() noexcept {
        sigemptyset(&signals_);
        sigaddset(&signals_, SIGINT);
        sigaddset(&signals_, SIGTERM);
    }

    ~LinuxStopSignal() override { pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr); }

    [[nodiscard]] std::error_code Block() noexcept { return LinuxError(pthread_sigmask(SIG_BLOCK, &signals_, nullptr)); }

    bool WaitFor(std::chrono::milliseconds timeout) override {
        if (requested_) {
            return true;
        }
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(timeout);
        timespec limit{};
        limit.tv_sec = static_cast<time_t>(seconds.count());
        limit.tv_nsec = static_cast<long>(std::chrono::nanoseconds(timeout - seconds).count());
        requested_ = sigtimedwait(&signals_, nullptr, &limit) > 0;
        return requested_;
    }

private:
    sigset_t signals_{};
    bool requested_ = false;
};

}  // namespace

Result<std::unique_ptr<StopSignal>> StopSignal::Create() {
    auto signal = std::make_unique<LinuxStopSignal>();
    if (const std::error_code error = signal->Block()) {
        return error;
    }
    return std::unique_ptr<StopSignal>(std::move(signal));
}

Duration ProcessCpuTime() noexcept {
    timespec used{};
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) != 0) {
        return Duration::zero();
    }
    return std::chrono::duration_cast<Duration>(std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec));
}

Result<OpenFileLimit> RaiseOpenFileLimit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return LastLinuxError();
    }
    if (limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) {
            return LastLinuxError();
        }
    }
    return OpenFileLimit{limit.rlim_cur};
}

}  // namespace servercore::platform

namespace servercore {

void SetThreadName(std::string_view name) {
    constexpr std::size_t kLinuxLimit = 15;
    const std::string shortened(name.substr(0, kLinuxLimit));
    pthread_setname_np(pthread_self(), shortened.c_str());
}

}  // namespace servercore
