#pragma once

#include <chrono>

#include "ServerCore/Platform/Windows/UniqueHandle.h"
#include "ServerCore/Platform/Windows/WinSdk.h"

namespace servercore::platform {

// A waitable timer that keeps to about half a millisecond, whatever the tick of the system's clock. Empty on systems that have none (before
// Windows 10 1803): https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-createwaitabletimerexw
[[nodiscard]] UniqueHandle OpenFineTimer() noexcept;

// The timer becomes signalled once, after `delay`. False: the system refuses.
[[nodiscard]] bool SetFineTimer(HANDLE timer, std::chrono::steady_clock::duration delay) noexcept;

}  // namespace servercore::platform
