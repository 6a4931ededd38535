#pragma once

// The only place that includes Windows headers, and only files in this folder may include it: the SDK's names and macros stay out of the
// engine. The order of the blocks matters.

#if defined(_WIN32_WINNT) && _WIN32_WINNT < 0x0A00
#error "ServerCore needs the declarations of Windows 10: compile with _WIN32_WINNT=0x0A00"
#endif

// Without it windows.h includes winsock.h (version 1), which contradicts winsock2.h.
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif

// Without it windows.h defines min and max as macros, which breaks std::min and std::numeric_limits.
#ifndef NOMINMAX
#define NOMINMAX
#endif

// windows.h defines a few STATUS_ codes and ntstatus.h all of them: only one of the two may.
#define WIN32_NO_STATUS
#include <winsock2.h>

#include <ws2tcpip.h>

#include <mstcpip.h>
#include <mswsock.h>
#include <windows.h>
#undef WIN32_NO_STATUS

#include <winternl.h>

#include <ntstatus.h>
