#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace iolab {

// "recv: Connection reset by peer (104)": the call that failed, and what the system itself says of the code (strerror, FormatMessage).
[[nodiscard]] std::string ErrorText(std::string_view call, int code);

// What a program cannot go on without has failed; thrown by set-up code only, caught by main().
class SystemFailure : public std::runtime_error {
public:
    SystemFailure(std::string_view call, int code) : std::runtime_error(ErrorText(call, code)) {}
    explicit SystemFailure(const std::string& text) : std::runtime_error(text) {}
};

}  // namespace iolab
