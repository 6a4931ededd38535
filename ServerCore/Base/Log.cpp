#include "ServerCore/Base/Log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/null_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>

namespace servercore {

namespace {

spdlog::level::level_enum ToSpdlog(LogLevel level) noexcept {
    switch (level) {
        case LogLevel::Debug: return spdlog::level::debug;
        case LogLevel::Info: return spdlog::level::info;
        case LogLevel::Warning: return spdlog::level::warn;
        case LogLevel::Error: return spdlog::level::err;
        case LogLevel::Off: break;
    }
    return spdlog::level::off;
}

}  // namespace

Logger Logger::ToStandardError(std::string name, LogLevel level) {
    auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
    auto logger = std::make_shared<spdlog::logger>(std::move(name), std::move(sink));
    logger->set_pattern("%Y-%m-%d %H:%M:%S.%e %^%-7l%$ %n: %v");
    logger->set_level(ToSpdlog(level));
    return Logger(std::move(logger), level);
}

Logger Logger::Silent() {
    auto sink = std::make_shared<spdlog::sinks::null_sink_mt>();
    return Logger(std::make_shared<spdlog::logger>("silent", std::move(sink)), LogLevel::Off);
}

void Logger::Write(LogLevel level, fmt::string_view format, fmt::format_args args) noexcept {
    if (!Enabled(level)) {
        return;
    }
    TryToLog([&] {
        const std::string line = fmt::vformat(format, args);
        sink_->log(ToSpdlog(level), spdlog::string_view_t(line.data(), line.size()));
    });
}

}  // namespace servercore
