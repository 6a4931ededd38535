#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <utility>

#include "ServerCore/Base/TimedSignal.h"
#include "ServerCore/Platform/Windows/FineTimer.h"
#include "ServerCore/Platform/Windows/UniqueHandle.h"
#include "ServerCore/Platform/Windows/WinError.h"
#include "ServerCore/Platform/Windows/WinSdk.h"

namespace servercore {

namespace {

// Waits for an event and a high-resolution timer. Without such timers it is left with the timeout of the wait.
class EventSignal final : public TimedSignal {
public:
    [[nodiscard]] bool IsOpen() const noexcept { return event_ != nullptr; }

    void Set() noexcept override { ::SetEvent(event_.get()); }

    void WaitFor(Duration atMost) noexcept override {
        if (atMost == kForever) {
            ::WaitForSingleObject(event_.get(), INFINITE);
        } else if (timer_ != nullptr && platform::SetFineTimer(timer_.get(), atMost)) {
            const std::array<HANDLE, 2> handles = {event_.get(), timer_.get()};
            ::WaitForMultipleObjects(static_cast<DWORD>(handles.size()), handles.data(), FALSE, INFINITE);
        } else {
            using Count = std::chrono::milliseconds::rep;
            const Count timeout = std::chrono::ceil<std::chrono::milliseconds>(atMost).count();
            ::WaitForSingleObject(event_.get(), static_cast<DWORD>(std::clamp<Count>(timeout, 0, INFINITE - 1)));
        }
    }

private:
    const platform::UniqueHandle event_{::CreateEventW(nullptr, FALSE, FALSE, nullptr)};  // each wait resets it
    const platform::UniqueHandle timer_ = platform::OpenFineTimer();
};

}  // namespace

Result<std::unique_ptr<TimedSignal>> TimedSignal::Create() {
    auto signal = std::make_unique<EventSignal>();
    if (!signal->IsOpen()) {
        return platform::LastSystemError();
    }
    return std::unique_ptr<TimedSignal>(std::move(signal));
}

}  // namespace servercore
