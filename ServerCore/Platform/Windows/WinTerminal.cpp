#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "ServerCore/Platform/Terminal.h"
#include "ServerCore/Platform/TerminalFrame.h"
#include "ServerCore/Platform/Windows/WinSdk.h"

namespace servercore::platform {

namespace {

// The mode of one side of the console, changed while this lives.
class ConsoleMode {
public:
    explicit ConsoleMode(DWORD standardHandle) noexcept : handle_(::GetStdHandle(standardHandle)) {
        isConsole_ = handle_ != nullptr && handle_ != INVALID_HANDLE_VALUE && ::GetConsoleMode(handle_, &original_) != FALSE;
    }
    ~ConsoleMode() { Restore(); }
    ConsoleMode(const ConsoleMode&) = delete;
    ConsoleMode& operator=(const ConsoleMode&) = delete;

    [[nodiscard]] HANDLE Handle() const noexcept { return handle_; }
    [[nodiscard]] bool IsConsole() const noexcept { return isConsole_; }

    [[nodiscard]] bool Change(DWORD add, DWORD remove) noexcept {
        isChanged_ = isChanged_ || (isConsole_ && ::SetConsoleMode(handle_, (original_ | add) & ~remove) != FALSE);
        return isChanged_;
    }

    void Restore() noexcept {
        if (isChanged_) {
            ::SetConsoleMode(handle_, original_);
            isChanged_ = false;
        }
    }

private:
    const HANDLE handle_;
    DWORD original_ = 0;
    bool isConsole_ = false;
    bool isChanged_ = false;
};

std::wstring ToWide(std::string_view text) {
    const int bytes = static_cast<int>(text.size());
    std::wstring wide(static_cast<std::size_t>(std::max(::MultiByteToWideChar(CP_UTF8, 0, text.data(), bytes, nullptr, 0), 0)), L'\0');
    ::MultiByteToWideChar(CP_UTF8, 0, text.data(), bytes, wide.data(), static_cast<int>(wide.size()));
    return wide;
}

std::optional<TerminalKey> ToKey(const INPUT_RECORD& record) noexcept {
    if (record.EventType != KEY_EVENT || record.Event.KeyEvent.bKeyDown == FALSE) {
        return std::nullopt;
    }
    const KEY_EVENT_RECORD& key = record.Event.KeyEvent;
    if (key.wVirtualKeyCode == VK_UP) {
        return TerminalKey{.kind = TerminalKey::Kind::Up};
    }
    if (key.wVirtualKeyCode == VK_DOWN) {
        return TerminalKey{.kind = TerminalKey::Kind::Down};
    }
    const wchar_t character = key.uChar.UnicodeChar;
    if (character < L' ' || character > L'~') {
        return std::nullopt;
    }
    return TerminalKey{.kind = TerminalKey::Kind::Character, .character = static_cast<char>(character)};
}

// https://learn.microsoft.com/windows/console/setconsolemode
class WinTerminal final : public Terminal {
public:
    WinTerminal() {
        canShow_ = output_.Change(ENABLE_PROCESSED_OUTPUT | ENABLE_VIRTUAL_TERMINAL_PROCESSING, 0);  // fails before Windows 10
        output_.Restore();
        const char* noColour = std::getenv("NO_COLOR");
        canColour_ = canShow_ && (noColour == nullptr || *noColour == '\0');
    }

    ~WinTerminal() override { WinTerminal::LeaveScreen(); }

    [[nodiscard]] bool CanShow() const override { return canShow_; }
    [[nodiscard]] bool CanColour() const override { return canColour_; }
    [[nodiscard]] bool ShowsUtf8() const override { return canShow_; }
    [[nodiscard]] bool CanReadKeys() const override { return canShow_ && input_.IsConsole(); }

    [[nodiscard]] std::optional<TerminalSize> Size() const override {
        CONSOLE_SCREEN_BUFFER_INFO info{};
        if (!canShow_ || ::GetConsoleScreenBufferInfo(output_.Handle(), &info) == FALSE) {
            return std::nullopt;
        }
        return TerminalSize{.columns = info.srWindow.Right - info.srWindow.Left + 1, .rows = info.srWindow.Bottom - info.srWindow.Top + 1};
    }

    void ShowFrame(std::string_view lines) override {
        if (!canShow_ || !output_.Change(ENABLE_PROCESSED_OUTPUT | ENABLE_VIRTUAL_TERMINAL_PROCESSING, 0)) {
            return;
        }
        if (!hasScreen_) {
            Write(kEnterScreen);
            hasScreen_ = true;
        }
        Write(ToScreen(lines));
    }

    void LeaveScreen() override {
        if (hasScreen_) {
            Write(kLeaveScreen);
            hasScreen_ = false;
        }
        output_.Restore();
    }

    [[nodiscard]] std::optional<TerminalKey> TryReadKey() override {
        // Selecting text with the mouse ("quick edit") would block the program as soon as it writes.
        if (!CanReadKeys() || !input_.Change(ENABLE_EXTENDED_FLAGS, ENABLE_LINE_INPUT | ENABLE_ECHO_INPUT | ENABLE_QUICK_EDIT_MODE)) {
            return std::nullopt;
        }
        DWORD waiting = 0;
        while (::GetNumberOfConsoleInputEvents(input_.Handle(), &waiting) != FALSE && waiting > 0) {
            INPUT_RECORD record{};
            DWORD count = 0;
            if (::ReadConsoleInputW(input_.Handle(), &record, 1, &count) == FALSE || count == 0) {
                return std::nullopt;
            }
            if (const std::optional<TerminalKey> key = ToKey(record)) {
                return key;
            }
        }
        return std::nullopt;
    }

private:
    // As UTF-16: the code page of the console stays as it is.
    void Write(std::string_view text) {
        const std::wstring wide = ToWide(text);
        DWORD written = 0;
        ::WriteConsoleW(output_.Handle(), wide.data(), static_cast<DWORD>(wide.size()), &written, nullptr);
    }

    ConsoleMode input_{STD_INPUT_HANDLE};
    ConsoleMode output_{STD_OUTPUT_HANDLE};
    bool canShow_ = false;
    bool canColour_ = false;
    bool hasScreen_ = false;
};

}  // namespace

std::unique_ptr<Terminal> Terminal::Open() {
    return std::make_unique<WinTerminal>();
}

}  // namespace servercore::platform
