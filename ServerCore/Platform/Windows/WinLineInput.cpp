#include <array>
#include <atomic>
#include <utility>

#include "ServerCore/Platform/LineBuffer.h"
#include "ServerCore/Platform/LineInput.h"
#include "ServerCore/Platform/Windows/UniqueHandle.h"
#include "ServerCore/Platform/Windows/WinError.h"
#include "ServerCore/Platform/Windows/WinSdk.h"

namespace servercore::platform {

namespace {

// A pipe cannot be waited for together with an event, so it is looked at so often. It is a person who waits for the answer.
constexpr DWORD kLookEveryMs = 50;

class WinLineInput final : public LineInput {
public:
    WinLineInput(HANDLE input, UniqueHandle stop, UniqueHandle ended) noexcept
        : input_(input), isPipe_(::GetFileType(input) == FILE_TYPE_PIPE), stop_(std::move(stop)), ended_(std::move(ended)) {}

    [[nodiscard]] std::optional<std::string> ReadLine() override {
        readerId_.store(::GetCurrentThreadId());
        std::optional<std::string> line = AwaitLine();
        if (!line) {
            ::SetEvent(ended_.get());
        }
        return line;
    }

    // A read from a console waits for the end of the line, and has to be cancelled; once does not do, because it may be about to begin.
    // https://learn.microsoft.com/windows/win32/api/ioapiset/nf-ioapiset-cancelsynchronousio
    void Stop() override {
        ::SetEvent(stop_.get());
        const DWORD readerId = readerId_.load();
        const UniqueHandle reader(readerId == 0 ? nullptr : ::OpenThread(THREAD_TERMINATE, FALSE, readerId));
        while (reader != nullptr && ::WaitForSingleObject(ended_.get(), kLookEveryMs) == WAIT_TIMEOUT) {
            ::CancelSynchronousIo(reader.get());
        }
    }

private:
    // nullopt also for an end of the input that left nothing.
    [[nodiscard]] std::optional<std::string> AwaitLine() {
        for (;;) {
            if (std::optional<std::string> line = lines_.TakeLine()) {
                return line;
            }
            if (!AwaitInput()) {
                return std::nullopt;
            }
            std::array<char, 1024> bytes;
            DWORD count = 0;
            if (::ReadFile(input_, bytes.data(), static_cast<DWORD>(bytes.size()), &count, nullptr) == FALSE || count == 0) {
                return IsStopped(0) ? std::nullopt : lines_.TakeRest();
            }
            lines_.Append({bytes.data(), count});
        }
    }

    [[nodiscard]] bool IsStopped(DWORD timeoutMs) const noexcept { return ::WaitForSingleObject(stop_.get(), timeoutMs) == WAIT_OBJECT_0; }

    // False: Stop was called.
    [[nodiscard]] bool AwaitInput() const noexcept {
        if (!isPipe_) {
            const std::array<HANDLE, 2> watched{stop_.get(), input_};
            return ::WaitForMultipleObjects(static_cast<DWORD>(watched.size()), watched.data(), FALSE, INFINITE) != WAIT_OBJECT_0;
        }
        DWORD available = 0;
        // A pipe that is closed at its other end fails here, and in the read that follows.
        while (::PeekNamedPipe(input_, nullptr, 0, nullptr, &available, nullptr) != FALSE && available == 0) {
            if (IsStopped(kLookEveryMs)) {
                return false;
            }
        }
        return !IsStopped(0);
    }

    const HANDLE input_;
    const bool isPipe_;
    const UniqueHandle stop_;
    const UniqueHandle ended_;
    std::atomic<DWORD> readerId_ = 0;
    LineBuffer lines_;
};

}  // namespace

Result<std::unique_ptr<LineInput>> LineInput::OpenStandardInput() {
    const HANDLE input = ::GetStdHandle(STD_INPUT_HANDLE);
    UniqueHandle stop(::CreateEventW(nullptr, TRUE, FALSE, nullptr));
    UniqueHandle ended(::CreateEventW(nullptr, TRUE, FALSE, nullptr));
    if (stop == nullptr || ended == nullptr || input == INVALID_HANDLE_VALUE) {
        return LastSystemError();
    }
    return std::unique_ptr<LineInput>(std::make_unique<WinLineInput>(input, std::move(stop), std::move(ended)));
}

}  // namespace servercore::platform
