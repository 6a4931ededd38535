#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "ServerCore/Platform/TerminalKey.h"

namespace servercore::platform {

struct TerminalSize {
    int columns = 0;
    int rows = 0;

    bool operator==(const TerminalSize&) const = default;
};

// The terminal behind the standard input and output of the process: a screen to draw on, and keys as soon as they are pressed. Where there
// is no terminal (a pipe, a file, a job in the background, TERM=dumb) it does nothing, and says so.
//
// It changes settings of the terminal as late as the first ShowFrame and TryReadKey, and the destructor restores them. Ctrl-C stays a
// signal. A program that waits for it with StopSignal ends in order; one that does not, and is killed by it, leaves the terminal restored,
// too, on Linux. Ctrl-Z, and Ctrl-S, which would block whoever writes, do nothing while keys are read.
//
// Owner: main(), which makes at most one, after StopSignal.  Threads: one at a time.
class Terminal {
public:
    Terminal() = default;
    virtual ~Terminal() = default;
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    [[nodiscard]] static std::unique_ptr<Terminal> Open();

    // The standard output is a terminal that understands escape sequences.
    [[nodiscard]] virtual bool CanShow() const = 0;
    // CanShow, and the user has not asked for no colours (https://no-color.org).
    [[nodiscard]] virtual bool CanColour() const = 0;
    // CanShow, and not only ASCII.
    [[nodiscard]] virtual bool ShowsUtf8() const = 0;
    // The standard input is a terminal, and this process may read from it now.
    [[nodiscard]] virtual bool CanReadKeys() const = 0;
    // nullopt: no terminal, or one that does not tell.
    [[nodiscard]] virtual std::optional<TerminalSize> Size() const = 0;

    // Shows lines, each but the last ended by LF, on a screen of their own in place of those before. The lines are in UTF-8 and may contain
    // escape sequences for colours; they fit the present Size. Skipped when the terminal is still busy with what came before.
    virtual void ShowFrame(std::string_view lines) = 0;
    // Back to the screen as it was, for ordinary output.
    virtual void LeaveScreen() = 0;

    // Never waits. nullopt: no key has been pressed.
    [[nodiscard]] virtual std::optional<TerminalKey> TryReadKey() = 0;
};

}  // namespace servercore::platform
