#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <ratio>
#include <string>
#include <utility>

#include "ServerCore/Base/Assert.h"
#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Base/ThreadName.h"
#include "ServerCore/Platform/OpenFileLimit.h"
#include "ServerCore/Platform/ProcessTime.h"
#include "ServerCore/Platform/StopSignal.h"
#include "ServerCore/Platform/Windows/WinError.h"
#include "ServerCore/Platform/Windows/WinSdk.h"

namespace servercore::platform {

namespace {

// After the handler has returned from one of these events Windows ends the process, and after about five seconds anyway.
// https://learn.microsoft.com/windows/console/handlerroutine
constexpr DWORD kGraceMs = 5000;

bool EndsProcess(DWORD event) noexcept {
    return event == CTRL_CLOSE_EVENT || event == CTRL_SHUTDOWN_EVENT;
}

// A manual-reset event: once set, set for everyone.
class Event {
public:
    Event() noexcept : handle_(::CreateEventW(nullptr, TRUE, FALSE, nullptr)) {}
    ~Event() {
        if (handle_ != nullptr) {
            ::CloseHandle(handle_);
        }
    }
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;

    [[nodiscard]] bool IsOpen() const noexcept { return handle_ != nullptr; }
    void Set() noexcept { ::SetEvent(handle_); }
    [[nodiscard]] bool WaitFor(DWORD timeoutMs) noexcept { return ::WaitForSingleObject(handle_, timeoutMs) == WAIT_OBJECT_0; }

private:
    const HANDLE handle_;
};

struct StopEvents {
    Event requested;
    Event finished;
};

// Windows calls a console handler without a context, so the one StopSignal of the process has to be found through a global. The handler
// runs on a thread that Windows makes, possibly while the StopSignal dies: it takes a share under the lock.
Mutex g_stopMutex;
std::shared_ptr<StopEvents> g_stopEvents SC_GUARDED_BY(g_stopMutex);

std::shared_ptr<StopEvents> CurrentEvents() {
    MutexLock lock(g_stopMutex);
    return g_stopEvents;
}

BOOL WINAPI OnConsoleEvent(DWORD event) {
    // Any user's logoff is reported, and to services only: a server that runs as one must stay.
    const auto events = event == CTRL_LOGOFF_EVENT ? nullptr : CurrentEvents();
    if (events == nullptr) {
        return FALSE;
    }
    events->requested.Set();
    if (EndsProcess(event)) {
        static_cast<void>(events->finished.WaitFor(kGraceMs));
    }
    return TRUE;
}

class ConsoleStopSignal final : public StopSignal {
public:
    explicit ConsoleStopSignal(std::shared_ptr<StopEvents> events) noexcept : events_(std::move(events)) {}

    ~ConsoleStopSignal() override {
        // First lets a waiting handler go: it may keep a lock inside Windows that removing it takes.
        events_->finished.Set();
        ::SetConsoleCtrlHandler(&OnConsoleEvent, FALSE);
        MutexLock lock(g_stopMutex);
        g_stopEvents = nullptr;
    }

    [[nodiscard]] bool WaitFor(std::chrono::milliseconds timeout) override {
        using Count = std::chrono::milliseconds::rep;
        return events_->requested.WaitFor(static_cast<DWORD>(std::clamp<Count>(timeout.count(), 0, INFINITE - 1)));
    }

private:
    const std::shared_ptr<StopEvents> events_;
};

}  // namespace

Result<std::unique_ptr<StopSignal>> StopSignal::Create() {
    auto events = std::make_shared<StopEvents>();
    if (!events->requested.IsOpen() || !events->finished.IsOpen()) {
        return LastSystemError();
    }
    auto signal = std::make_unique<ConsoleStopSignal>(events);
    {
        MutexLock lock(g_stopMutex);
        SC_VERIFY(g_stopEvents == nullptr);
        g_stopEvents = std::move(events);
    }
    if (::SetConsoleCtrlHandler(&OnConsoleEvent, TRUE) == FALSE) {
        return LastSystemError();
    }
    return std::unique_ptr<StopSignal>(std::move(signal));
}

Duration ProcessCpuTime() noexcept {
    using Ticks = std::chrono::duration<std::int64_t, std::ratio<1, 10'000'000>>;  // a FILETIME counts 100 ns
    const auto toTicks = [](const FILETIME& time) {
        return Ticks(static_cast<std::int64_t>((std::uint64_t{time.dwHighDateTime} << 32) | time.dwLowDateTime));
    };
    FILETIME begin{};
    FILETIME end{};
    FILETIME kernel{};
    FILETIME user{};
    if (::GetProcessTimes(::GetCurrentProcess(), &begin, &end, &kernel, &user) == FALSE) {
        return Duration::zero();
    }
    return std::chrono::duration_cast<Duration>(toTicks(kernel) + toTicks(user));
}

Result<OpenFileLimit> RaiseOpenFileLimit() {
    return kNoOpenFileLimit;
}

}  // namespace servercore::platform

namespace servercore {

void SetThreadName(std::string_view name) {
    const int bytes = static_cast<int>(name.size());
    std::wstring wide(static_cast<std::size_t>(std::max(::MultiByteToWideChar(CP_UTF8, 0, name.data(), bytes, nullptr, 0), 0)), L'\0');
    ::MultiByteToWideChar(CP_UTF8, 0, name.data(), bytes, wide.data(), static_cast<int>(wide.size()));

    // Not linked: MinGW 10 does not declare it, and Windows Server 2016 has it in another library.
    // https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-setthreaddescription
    using SetDescription = HRESULT(WINAPI*)(HANDLE, PCWSTR);
    const HMODULE library = ::GetModuleHandleW(L"kernelbase.dll");
    const auto raw = library == nullptr ? nullptr : ::GetProcAddress(library, "SetThreadDescription");
    // By way of void(*)(): compilers warn of a direct cast between function types.
    if (const auto setDescription = reinterpret_cast<SetDescription>(reinterpret_cast<void (*)()>(raw))) {
        setDescription(::GetCurrentThread(), wide.c_str());
    }
}

}  // namespace servercore
