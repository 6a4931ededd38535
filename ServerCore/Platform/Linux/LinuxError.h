#pragma once

#include <cerrno>
#include <system_error>

namespace servercore::platform {

// errno as std::error_code; std::system_category already compares with std::errc.
[[nodiscard]] inline std::error_code LinuxError(int code) noexcept {
    return {code, std::system_category()};
}

[[nodiscard]] inline std::error_code LastLinuxError() noexcept {
    return LinuxError(errno);
}

// The kernel has nothing now, or no room now. (EWOULDBLOCK is the same number on Linux.)
[[nodiscard]] inline bool WouldBlock(int code) noexcept {
    return code == EAGAIN;
}

// The system call, again after a signal.
template <class Call>
auto RetryInterrupted(Call call) noexcept {
    auto result = call();
    while (result < 0 && errno == EINTR) {
        result = call();
    }
    return result;
}

}  // namespace servercore::platform
