#pragma once

#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/core.h>

namespace spdlog {
class logger;
}

namespace servercore {

enum class LogLevel { Debug, Info, Warning, Error, Off };

// A named log that objects are given by reference; there is no process-wide one. Backed by spdlog.
// Threads: safe from any. Calls below the level cost one comparison. Never throws: a failing sink is spdlog's to report, and a line that
// memory does not suffice for is not written.
class Logger {
public:
    // Coloured lines with time and level on standard error.
    [[nodiscard]] static Logger ToStandardError(std::string name, LogLevel level);

    // Everything is discarded: for tests and tools that speak for themselves.
    [[nodiscard]] static Logger Silent();

    [[nodiscard]] bool Enabled(LogLevel level) const noexcept { return level >= level_ && level != LogLevel::Off; }

    template <class... Args>
    void Debug(fmt::format_string<Args...> format, Args&&... args) {
        Write(LogLevel::Debug, format, fmt::make_format_args(args...));
    }
    template <class... Args>
    void Info(fmt::format_string<Args...> format, Args&&... args) {
        Write(LogLevel::Info, format, fmt::make_format_args(args...));
    }
    template <class... Args>
    void Warning(fmt::format_string<Args...> format, Args&&... args) {
        Write(LogLevel::Warning, format, fmt::make_format_args(args...));
    }
    template <class... Args>
    void Error(fmt::format_string<Args...> format, Args&&... args) {
        Write(LogLevel::Error, format, fmt::make_format_args(args...));
    }

private:
    Logger(std::shared_ptr<spdlog::logger> sink, LogLevel level) : sink_(std::move(sink)), level_(level) {}

    void Write(LogLevel level, fmt::string_view format, fmt::format_args args) noexcept;

    std::shared_ptr<spdlog::logger> sink_;
    LogLevel level_;
};

// For lines whose arguments take memory to make. `write` calls the log; when memory does not suffice, the line is not written.
template <class Write>
void TryToLog(Write write) noexcept {
    try {
        write();
    } catch (const std::bad_alloc&) {  // the line's own loss only: whoever logs has something to go on with
    }
}

}  // namespace servercore
