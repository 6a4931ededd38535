#pragma once

#include <system_error>

#include "ServerCore/Platform/Windows/WinSdk.h"

namespace servercore::platform {

// The error codes of GetLastError and WSAGetLastError, which share one number space; compares with std::errc.
// This file is the only one that knows what a Windows code means.  Threads: safe from any.
[[nodiscard]] const std::error_category& WinErrorCategory() noexcept;

[[nodiscard]] std::error_code MakeWinError(DWORD code) noexcept;

// Why the calling thread's last Winsock call failed.
[[nodiscard]] std::error_code LastSocketError() noexcept;

// Why the calling thread's last other call failed.
[[nodiscard]] std::error_code LastSystemError() noexcept;

// How an overlapped socket operation ended: OVERLAPPED::Internal as a Winsock code, empty on success.
[[nodiscard]] std::error_code ErrorFromStatus(ULONG_PTR status) noexcept;

}  // namespace servercore::platform
