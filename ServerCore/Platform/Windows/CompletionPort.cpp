#include "ServerCore/Platform/Windows/CompletionPort.h"

#include <algorithm>

#include "ServerCore/Base/Assert.h"
#include "ServerCore/Platform/Windows/WinError.h"

namespace servercore::platform {

namespace {

using std::chrono::milliseconds;

// A wait that the alarm is to end also ends by itself so much later, should the alarm's thread not get a processor.
constexpr milliseconds kAlarmGrace{16};

milliseconds Until(WaitAlarm::Clock::time_point deadline) noexcept {
    return std::chrono::ceil<milliseconds>(deadline - WaitAlarm::Clock::now());
}

}  // namespace

// https://learn.microsoft.com/windows/win32/fileio/createiocompletionport
std::error_code CompletionPort::Associate(HANDLE file) noexcept {
    return ::CreateIoCompletionPort(file, port_.get(), 0, 0) == nullptr ? LastSystemError() : std::error_code{};
}

// https://learn.microsoft.com/windows/win32/fileio/postqueuedcompletionstatus
bool CompletionPort::Post() noexcept {
    return ::PostQueuedCompletionStatus(port_.get(), 0, 0, nullptr) != FALSE;
}

std::span<const OVERLAPPED_ENTRY> CompletionPort::Dequeue(std::span<OVERLAPPED_ENTRY> room, milliseconds timeout) {
    if (timeout <= milliseconds::zero()) {
        return Take(room, milliseconds::zero(), Alertable::No);
    }
    const auto deadline = WaitAlarm::Clock::now() + timeout;
    // A wait may end before its time: by up to a tick, or by an alert that was meant for an earlier one.
    for (milliseconds left = timeout; left > milliseconds::zero(); left = Until(deadline)) {
        const auto entries = left > kExactTimeout ? Take(room, left, Alertable::No) : DequeueExactly(room, deadline);
        if (!entries.empty()) {
            return entries;
        }
    }
    return {};
}

std::span<const OVERLAPPED_ENTRY> CompletionPort::DequeueExactly(std::span<OVERLAPPED_ENTRY> room, WaitAlarm::Clock::time_point deadline) {
    // Under load there is something already, and the alarm is not needed.
    if (const auto entries = Take(room, milliseconds::zero(), Alertable::No); !entries.empty()) {
        return entries;
    }
    const WaitAlarm::Reminder reminder(alarm_, deadline);
    const milliseconds left = std::max(Until(deadline), milliseconds::zero());
    return reminder.IsGranted() ? Take(room, left + kAlarmGrace, Alertable::Yes) : Take(room, left, Alertable::No);
}

// https://learn.microsoft.com/windows/win32/fileio/getqueuedcompletionstatusex-func
std::span<const OVERLAPPED_ENTRY> CompletionPort::Take(std::span<OVERLAPPED_ENTRY> room, milliseconds timeout,
                                                       Alertable alertable) noexcept {
    ULONG count = 0;
    if (::GetQueuedCompletionStatusEx(port_.get(), room.data(), static_cast<ULONG>(room.size()), &count,
                                      static_cast<DWORD>(timeout.count()), alertable == Alertable::Yes ? TRUE : FALSE) != FALSE) {
        return room.first(count);
    }
    [[maybe_unused]] const DWORD reason = ::GetLastError();
    SC_ASSERT(reason == WAIT_TIMEOUT || reason == WAIT_IO_COMPLETION);
    return {};
}

}  // namespace servercore::platform
