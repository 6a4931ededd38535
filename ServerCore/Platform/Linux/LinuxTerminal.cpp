#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <string_view>

#include "ServerCore/Platform/KeyParser.h"
#include "ServerCore/Platform/Linux/FileDescriptor.h"
#include "ServerCore/Platform/Linux/LinuxError.h"
#include "ServerCore/Platform/Terminal.h"
#include "ServerCore/Platform/TerminalFrame.h"

namespace servercore::platform {

namespace {

constexpr std::array kDeadlySignals = {SIGINT, SIGTERM, SIGQUIT, SIGHUP};

// A job in the background would be stopped for reading, or for changing the settings (tty_ioctl(2), setpgid(2)). A terminal that is not
// this session's knows no background.
bool IsInForeground(int fd) noexcept {
    const pid_t group = ::tcgetpgrp(fd);
    return group == -1 || group == ::getpgrp();
}

// The terminal once more, for writing that never waits: a flag on the standard output itself would be one for the shell, too. The second
// name is for a user who may not open the terminal of the one who has logged in (su).
FileDescriptor ReopenOutput() noexcept {
    FileDescriptor output;
    for (const char* name : {"/proc/self/fd/1", "/dev/tty"}) {
        if (!output.IsOpen()) {
            output = FileDescriptor(::open(name, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
        }
    }
    return output;
}

// What does not fit is dropped.
void WriteNow(int fd, std::string_view text) noexcept {
    while (!text.empty()) {
        const ssize_t written = RetryInterrupted([fd, text] { return ::write(fd, text.data(), text.size()); });
        if (written <= 0) {
            return;
        }
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

bool TakesOutput(int fd, int timeoutMs) noexcept {
    pollfd output{.fd = fd, .events = POLLOUT, .revents = 0};
    return RetryInterrupted([&output, timeoutMs] { return ::poll(&output, 1, timeoutMs); }) == 1;
}

// What the terminal was like, and whether it is different now. A signal handler is called without a context, so the one Terminal of the
// process has to be found through a global. Everything here may be called by a handler (signal-safety(7)).
class Original {
public:
    [[nodiscard]] bool BeginKeys() noexcept {
        if (readsKeys_.load()) {
            return true;
        }
        if (::tcgetattr(STDIN_FILENO, &settings_) != 0) {
            return false;
        }
        termios changed = settings_;
        changed.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
        changed.c_iflag &= ~static_cast<tcflag_t>(IXON);
        changed.c_cc[VSUSP] = _POSIX_VDISABLE;
        changed.c_cc[VMIN] = 0;  // a read returns at once
        changed.c_cc[VTIME] = 0;
        readsKeys_.store(true);  // before the change, for the handler
        readsKeys_.store(::tcsetattr(STDIN_FILENO, TCSANOW, &changed) == 0);
        return readsKeys_.load();
    }

    void EnterScreen(int output) noexcept {
        if (screen_.exchange(output) == kNoScreen) {
            WriteNow(output, kEnterScreen);
        }
    }

    void LeaveScreen() noexcept {
        constexpr int kPatienceMs = 1000;  // for a terminal that has stopped
        const int output = screen_.exchange(kNoScreen);
        if (output != kNoScreen && TakesOutput(output, kPatienceMs)) {
            WriteNow(output, kLeaveScreen);
        }
    }

    void Restore() noexcept {
        LeaveScreen();
        // In the background the shell has taken the terminal back, and restored it itself.
        if (readsKeys_.exchange(false) && IsInForeground(STDIN_FILENO)) {
            ::tcsetattr(STDIN_FILENO, TCSANOW, &settings_);
        }
    }

private:
    static constexpr int kNoScreen = -1;

    termios settings_{};
    std::atomic<bool> readsKeys_ = false;
    std::atomic<int> screen_ = kNoScreen;  // the descriptor to write to
};

Original g_original;

// As setlocale(3) chooses, without changing the process's locale.
bool HasUtf8Locale() noexcept {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const char* value = std::getenv(name);
        if (value != nullptr && *value != '\0') {
            const std::string_view locale(value);
            return locale.find("UTF-8") != std::string_view::npos || locale.find("utf8") != std::string_view::npos;
        }
    }
    return false;
}

// Runs only for who does not wait for the signal: StopSignal blocks those that it takes up.
void RestoreAndDie(int signal) {
    g_original.Restore();
    ::raise(signal);  // delivered after the return, to the default action (SA_RESETHAND)
}

class LinuxTerminal final : public Terminal {
public:
    LinuxTerminal() noexcept {
        const char* kind = std::getenv("TERM");
        if (::isatty(STDOUT_FILENO) == 1 && kind != nullptr && *kind != '\0' && std::string_view(kind) != "dumb") {
            output_ = ReopenOutput();
            canShow_ = output_.IsOpen();
        }
        isInput_ = canShow_ && ::isatty(STDIN_FILENO) == 1;
        const char* noColour = std::getenv("NO_COLOR");
        canColour_ = canShow_ && (noColour == nullptr || *noColour == '\0');
        hasUtf8_ = HasUtf8Locale();
        if (canShow_) {
            CatchSignals();
        }
    }

    ~LinuxTerminal() override {
        g_original.Restore();
        for (std::size_t i = 0; i < kDeadlySignals.size(); ++i) {
            if (isCaught_[i]) {
                (void)::signal(kDeadlySignals[i], SIG_DFL);
            }
        }
    }

    [[nodiscard]] bool CanShow() const override { return canShow_ && IsInForeground(STDOUT_FILENO); }
    [[nodiscard]] bool CanColour() const override { return canColour_ && CanShow(); }
    [[nodiscard]] bool ShowsUtf8() const override { return hasUtf8_ && CanShow(); }
    [[nodiscard]] bool CanReadKeys() const override { return isInput_ && IsInForeground(STDIN_FILENO); }

    [[nodiscard]] std::optional<TerminalSize> Size() const override {
        winsize size{};
        if (!canShow_ || ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) {
            return std::nullopt;
        }
        return TerminalSize{.columns = size.ws_col, .rows = size.ws_row};
    }

    void ShowFrame(std::string_view lines) override {
        if (CanShow() && TakesOutput(output_.Get(), 0)) {
            g_original.EnterScreen(output_.Get());
            WriteNow(output_.Get(), ToScreen(lines));  // the next frame mends one that was cut
        }
    }

    void LeaveScreen() override { g_original.LeaveScreen(); }

    [[nodiscard]] std::optional<TerminalKey> TryReadKey() override {
        if (!CanReadKeys() || !g_original.BeginKeys()) {
            return std::nullopt;
        }
        std::array<char, KeyParser::kMaxWaitingBytes> bytes;
        const ssize_t count = RetryInterrupted([&bytes] { return ::read(STDIN_FILENO, bytes.data(), bytes.size()); });
        if (count > 0) {
            keys_.Append({bytes.data(), static_cast<std::size_t>(count)});
        }
        return keys_.Take();
    }

private:
    // Those that would kill; one that is ignored (nohup) or the program's own stays.
    void CatchSignals() noexcept {
        struct sigaction action {};
        action.sa_handler = &RestoreAndDie;
        action.sa_flags = static_cast<int>(SA_RESETHAND);
        ::sigfillset(&action.sa_mask);  // SIGTTOU among them: nothing stops the handler
        for (std::size_t i = 0; i < kDeadlySignals.size(); ++i) {
            struct sigaction before {};
            isCaught_[i] = ::sigaction(kDeadlySignals[i], nullptr, &before) == 0 && before.sa_handler == SIG_DFL &&
                           ::sigaction(kDeadlySignals[i], &action, nullptr) == 0;
        }
    }

    FileDescriptor output_;  // open while there may be a screen to leave
    bool canShow_ = false;
    bool canColour_ = false;
    bool hasUtf8_ = false;
    bool isInput_ = false;
    std::array<bool, kDeadlySignals.size()> isCaught_{};
    KeyParser keys_;
};

}  // namespace

std::unique_ptr<Terminal> Terminal::Open() {
    return std::make_unique<LinuxTerminal>();
}

}  // namespace servercore::platform
