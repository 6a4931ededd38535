#include <utility>

#include "Tools/IoModelLab/Compare/ChildProcess.h"
#include "Tools/IoModelLab/Net/Errors.h"
#include "Tools/IoModelLab/Net/Winsock.h"

namespace iolab {

namespace {

class Handle {
public:
    explicit Handle(HANDLE handle = nullptr) noexcept : handle_(handle) {}
    Handle(Handle&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    Handle& operator=(Handle&& other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~Handle() {
        if (handle_ != nullptr) {
            ::CloseHandle(handle_);
        }
    }
    [[nodiscard]] HANDLE Get() const noexcept { return handle_; }

private:
    HANDLE handle_;
};

[[noreturn]] void Fail(const char* call) {
    throw SystemFailure(call, static_cast<int>(::GetLastError()));
}

// Of the two ends only the child's may be inherited: with the other one in the child, too, neither would ever see the end of the pipe.
std::pair<Handle, Handle> MakePipe(bool childReads) {
    SECURITY_ATTRIBUTES inheritable{};
    inheritable.nLength = sizeof inheritable;
    inheritable.bInheritHandle = TRUE;
    HANDLE reader = nullptr;
    HANDLE writer = nullptr;
    if (::CreatePipe(&reader, &writer, &inheritable, 0) == FALSE) {
        Fail("CreatePipe");
    }
    ::SetHandleInformation(childReads ? writer : reader, HANDLE_FLAG_INHERIT, 0);
    return {Handle(reader), Handle(writer)};
}

Handle OpenNull() {
    SECURITY_ATTRIBUTES inheritable{};
    inheritable.nLength = sizeof inheritable;
    inheritable.bInheritHandle = TRUE;
    return Handle(::CreateFileW(L"NUL", GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, &inheritable, OPEN_EXISTING, 0, nullptr));
}

class WindowsChildProcess final : public ChildProcess {
public:
    explicit WindowsChildProcess(const std::vector<std::string>& arguments) {
        auto [childInput, toChild] = MakePipe(true);
        auto [fromChild, childOutput] = MakePipe(false);
        const Handle null = OpenNull();
        wchar_t program[MAX_PATH] = {};
        ::GetModuleFileNameW(nullptr, program, MAX_PATH);
        std::wstring commandLine = L"IoModelLab";
        for (const std::string& argument : arguments) {
            commandLine += L" " + std::wstring(argument.begin(), argument.end());  // names of models and numbers: no blanks in them
        }
        STARTUPINFOW startup{};
        startup.cb = sizeof startup;
        startup.dwFlags = STARTF_USESTDHANDLES;
        startup.hStdInput = childInput.Get();
        startup.hStdOutput = childOutput.Get();
        startup.hStdError = null.Get();
        PROCESS_INFORMATION information{};
        if (::CreateProcessW(program, commandLine.data(), nullptr, nullptr, TRUE, 0, nullptr, nullptr, &startup, &information) == FALSE) {
            Fail("CreateProcess");
        }
        ::CloseHandle(information.hThread);
        process_ = Handle(information.hProcess);
        toChild_ = std::move(toChild);
        fromChild_ = std::move(fromChild);
    }

    ~WindowsChildProcess() override {
        toChild_ = Handle();
        ::WaitForSingleObject(process_.Get(), INFINITE);
    }

    bool WriteLine(const std::string& line) override {
        const std::string bytes = line + "\n";
        DWORD written = 0;
        return ::WriteFile(toChild_.Get(), bytes.data(), static_cast<DWORD>(bytes.size()), &written, nullptr) != FALSE;
    }

    std::optional<std::string> ReadLine() override {
        while (true) {
            if (const std::size_t end = unread_.find('\n'); end != std::string::npos) {
                std::string line = unread_.substr(0, end);
                unread_.erase(0, end + 1);
                if (!line.empty() && line.back() == '\r') {
                    line.pop_back();
                }
                return line;
            }
            char buffer[256];
            DWORD read = 0;
            if (::ReadFile(fromChild_.Get(), buffer, sizeof buffer, &read, nullptr) == FALSE || read == 0) {
                return std::nullopt;
            }
            unread_.append(buffer, read);
        }
    }

private:
    Handle process_;
    Handle toChild_;
    Handle fromChild_;
    std::string unread_;
};

}  // namespace

std::unique_ptr<ChildProcess> ChildProcess::Start(const std::vector<std::string>& arguments) {
    return std::make_unique<WindowsChildProcess>(arguments);
}

}  // namespace iolab
