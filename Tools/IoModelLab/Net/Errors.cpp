#include "Tools/IoModelLab/Net/Errors.h"

#include <cstring>

#include <fmt/format.h>

#include "Tools/IoModelLab/Net/Winsock.h"

namespace iolab {

namespace {

#ifdef _WIN32

std::string SystemMessage(int code) {
    char text[512];
    const DWORD bytes = ::FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK,
                                         nullptr, static_cast<DWORD>(code), 0, text, sizeof text, nullptr);
    std::string message(text, bytes);
    while (!message.empty() && (message.back() == ' ' || message.back() == '.')) {
        message.pop_back();
    }
    return message.empty() ? "unknown error" : message;
}

#else

// strerror_r, because the models have threads.
std::string SystemMessage(int code) {
    char text[256] = {};
    return ::strerror_r(code, text, sizeof text);
}

#endif

}  // namespace

std::string ErrorText(std::string_view call, int code) {
    return fmt::format("{}: {} ({})", call, SystemMessage(code), code);
}

}  // namespace iolab
