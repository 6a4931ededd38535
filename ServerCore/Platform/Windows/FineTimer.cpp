#include "ServerCore/Platform/Windows/FineTimer.h"

#include <algorithm>
#include <ratio>

namespace servercore::platform {

namespace {

// CREATE_WAITABLE_TIMER_HIGH_RESOLUTION, which MinGW lacks.
constexpr DWORD kHighResolution = 0x00000002;

}  // namespace

UniqueHandle OpenFineTimer() noexcept {
    return UniqueHandle(::CreateWaitableTimerExW(nullptr, nullptr, kHighResolution, SYNCHRONIZE | TIMER_MODIFY_STATE));
}

// https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-setwaitabletimer: negative is relative, in units of 100 ns. No period:
// Windows 10 1809 refuses one for high-resolution timers (https://github.com/chriskohlhoff/asio/issues/1404).
bool SetFineTimer(HANDLE timer, std::chrono::steady_clock::duration delay) noexcept {
    using Ticks = std::chrono::duration<LONGLONG, std::ratio<1, 10'000'000>>;
    LARGE_INTEGER relative{};
    relative.QuadPart = -std::max<LONGLONG>(1, std::chrono::ceil<Ticks>(delay).count());
    return ::SetWaitableTimer(timer, &relative, 0, nullptr, nullptr, FALSE) != FALSE;
}

}  // namespace servercore::platform
