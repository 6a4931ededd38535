#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <system_error>

#include "ServerCore/Platform/Windows/UniqueHandle.h"
#include "ServerCore/Platform/Windows/WaitAlarm.h"
#include "ServerCore/Platform/Windows/WinSdk.h"

namespace servercore::platform {

// The handle of an I/O completion port, with waits that end on time.
// Owner: IocpBackend.  Threads: safe from any; any number may be inside Dequeue.
class CompletionPort {
public:
    // Takes ownership.
    explicit CompletionPort(HANDLE port) noexcept : port_(port) {}

    // The completions of this handle's overlapped operations go to this port from now on.
    [[nodiscard]] std::error_code Associate(HANDLE file) noexcept;

    // Queues a packet without an OVERLAPPED. False: the system lacks the memory.
    [[nodiscard]] bool Post() noexcept;

    // Waits for at least one packet, but not longer than the timeout, and takes what is there: failed operations beside successful ones.
    // Empty: the timeout has passed, never less. Timeouts up to kExactTimeout are kept to within about a millisecond by a WaitAlarm; longer
    // ones, and all on systems without high-resolution timers, may end one tick of the system's clock (15.6 ms by default) late. May throw
    // std::system_error when the alarm's thread cannot be started.
    [[nodiscard]] std::span<const OVERLAPPED_ENTRY> Dequeue(std::span<OVERLAPPED_ENTRY> room, std::chrono::milliseconds timeout);

    // Waits that a WaitAlarm ended.
    [[nodiscard]] std::uint64_t ExactTimeouts() const noexcept { return alarm_.Alerts(); }

    static constexpr std::chrono::milliseconds kExactTimeout{20};

private:
    enum class Alertable { No, Yes };

    [[nodiscard]] std::span<const OVERLAPPED_ENTRY> DequeueExactly(std::span<OVERLAPPED_ENTRY> room, WaitAlarm::Clock::time_point deadline);
    [[nodiscard]] std::span<const OVERLAPPED_ENTRY> Take(std::span<OVERLAPPED_ENTRY> room, std::chrono::milliseconds timeout,
                                                         Alertable alertable) noexcept;

    const UniqueHandle port_;
    WaitAlarm alarm_;
};

}  // namespace servercore::platform
