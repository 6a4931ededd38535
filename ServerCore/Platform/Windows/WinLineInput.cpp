#include <array>
#include <condition_variable>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Platform/LineBuffer.h"
#include "ServerCore/Platform/LineInput.h"
#include "ServerCore/Platform/Windows/WinSdk.h"

namespace servercore::platform {

namespace {

// What the thread that reads has read, until it is taken. Shared by the two, because the reader may be left behind.
class Handover {
public:
    // Waits until the last has been taken. False: nobody wants any more.
    [[nodiscard]] bool Put(std::string text) SC_EXCLUDES(mutex_) {
        MutexLock lock(mutex_);
        while (!text_.empty() && !isStopped_) {
            changed_.wait(lock);
        }
        text_ = std::move(text);
        changed_.notify_all();
        return !isStopped_;
    }

    // Empty: there will be no more.
    [[nodiscard]] std::string Take() SC_EXCLUDES(mutex_) {
        MutexLock lock(mutex_);
        while (text_.empty() && !hasEnded_ && !isStopped_) {
            changed_.wait(lock);
        }
        changed_.notify_all();
        return isStopped_ ? std::string() : std::exchange(text_, {});
    }

    void End() SC_EXCLUDES(mutex_) { Set(hasEnded_); }
    void Stop() SC_EXCLUDES(mutex_) { Set(isStopped_); }
    [[nodiscard]] bool IsStopped() SC_EXCLUDES(mutex_) {
        MutexLock lock(mutex_);
        return isStopped_;
    }

private:
    void Set(bool& flag) SC_EXCLUDES(mutex_) {
        MutexLock lock(mutex_);
        flag = true;
        changed_.notify_all();
    }

    Mutex mutex_;
    std::condition_variable_any changed_;
    std::string text_ SC_GUARDED_BY(mutex_);
    bool hasEnded_ = false;   // under the mutex
    bool isStopped_ = false;  // likewise
};

void ReadAll(HANDLE input, const std::shared_ptr<Handover>& handover) {
    std::array<char, 1024> bytes;
    DWORD count = 0;
    while (::ReadFile(input, bytes.data(), static_cast<DWORD>(bytes.size()), &count, nullptr) != FALSE && count > 0) {
        if (!handover->Put(std::string(bytes.data(), count))) {
            return;
        }
    }
    handover->End();
}

// Nothing ends a read of a console, a pipe and a file alike, so a thread reads that nobody waits for; the end of the process ends it.
class WinLineInput final : public LineInput {
public:
    explicit WinLineInput(HANDLE input) {
        std::thread([input, handover = handover_] { ReadAll(input, handover); }).detach();
    }
    ~WinLineInput() override { handover_->Stop(); }

    [[nodiscard]] std::optional<std::string> ReadLine() override {
        for (;;) {
            if (std::optional<std::string> line = lines_.TakeLine()) {
                return line;
            }
            const std::string text = handover_->Take();
            if (text.empty()) {
                return handover_->IsStopped() ? std::nullopt : lines_.TakeRest();
            }
            lines_.Append(text);
        }
    }

    void Stop() override { handover_->Stop(); }

private:
    const std::shared_ptr<Handover> handover_ = std::make_shared<Handover>();
    LineBuffer lines_;
};

}  // namespace

Result<std::unique_ptr<LineInput>> LineInput::OpenStandardInput() {
    try {
        return std::unique_ptr<LineInput>(std::make_unique<WinLineInput>(::GetStdHandle(STD_INPUT_HANDLE)));
    } catch (const std::system_error& error) {
        return error.code();
    }
}

}  // namespace servercore::platform
