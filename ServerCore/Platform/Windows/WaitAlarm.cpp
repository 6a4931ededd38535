#include "ServerCore/Platform/Windows/WaitAlarm.h"

#include <algorithm>
#include <array>

#include "ServerCore/Base/Assert.h"
#include "ServerCore/Base/ThreadName.h"
#include "ServerCore/Platform/Windows/FineTimer.h"

namespace servercore::platform {

namespace {

void CALLBACK DoNothing(ULONG_PTR) {}

// GetCurrentThread returns a stand-in that means the caller's own thread wherever it is used.
// https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getcurrentthread
UniqueHandle OpenThisThread() noexcept {
    HANDLE thread = nullptr;
    const HANDLE process = ::GetCurrentProcess();
    const BOOL opened = ::DuplicateHandle(process, ::GetCurrentThread(), process, &thread, THREAD_SET_CONTEXT, FALSE, 0);
    return UniqueHandle(opened != FALSE ? thread : nullptr);
}

}  // namespace

WaitAlarm::Reminder::Reminder(WaitAlarm& alarm, Clock::time_point due) : alarm_(alarm), due_(due), thread_(OpenThisThread()) {
    isGranted_ = thread_ != nullptr && alarm_.Add(*this);
}

WaitAlarm::Reminder::~Reminder() {
    if (isGranted_) {
        alarm_.Remove(*this);
    }
}

WaitAlarm::~WaitAlarm() {
    if (thread_.joinable()) {
        ::SetEvent(stop_.get());
        thread_.join();
    }
    MutexLock lock(mutex_);
    SC_ASSERT(reminders_.empty());
}

bool WaitAlarm::Add(Reminder& reminder) {
    MutexLock lock(mutex_);
    if (state_ == State::NotStarted) {
        state_ = Start() ? State::Running : State::Unavailable;
    }
    if (state_ == State::Unavailable) {
        return false;
    }
    reminders_.push_back(&reminder);
    if (reminder.due_ < timerDue_) {
        SetTimer(reminder.due_);
    }
    return true;
}

// The timer stays as it is: at worst the thread wakes once for nothing.
void WaitAlarm::Remove(Reminder& reminder) {
    MutexLock lock(mutex_);
    std::erase(reminders_, &reminder);
}

bool WaitAlarm::Start() {
    timer_ = OpenFineTimer();
    stop_.reset(::CreateEventW(nullptr, TRUE, FALSE, nullptr));
    if (timer_ == nullptr || stop_ == nullptr) {
        return false;
    }
    thread_ = std::thread([this] { Run(); });
    return true;
}

void WaitAlarm::Run() {
    SetThreadName("wait-alarm");
    const std::array<HANDLE, 2> handles = {stop_.get(), timer_.get()};
    while (::WaitForMultipleObjects(static_cast<DWORD>(handles.size()), handles.data(), FALSE, INFINITE) == WAIT_OBJECT_0 + 1) {
        MutexLock lock(mutex_);
        AlertDue();
    }
}

void WaitAlarm::AlertDue() {
    const Clock::time_point now = Clock::now();
    auto next = Clock::time_point::max();
    for (Reminder* reminder : reminders_) {
        if (reminder->isAlerted_) {
            continue;
        }
        if (reminder->due_ > now) {
            next = std::min(next, reminder->due_);
            continue;
        }
        reminder->isAlerted_ = true;
        // Fails only for a thread that has ended, and such a one has no reminder.
        if (::QueueUserAPC(&DoNothing, reminder->thread_.get(), 0) != 0) {
            alerts_.fetch_add(1, std::memory_order_relaxed);
        }
    }
    timerDue_ = Clock::time_point::max();
    if (next != timerDue_) {
        SetTimer(next);
    }
}

void WaitAlarm::SetTimer(Clock::time_point due) {
    // When it fails, the waits end by their own timeouts.
    if (SetFineTimer(timer_.get(), due - Clock::now())) {
        timerDue_ = due;
    }
}

}  // namespace servercore::platform
