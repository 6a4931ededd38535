#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>

#include "ServerCore/Platform/LineBuffer.h"
#include "ServerCore/Platform/LineInput.h"
#include "ServerCore/Platform/Linux/FileDescriptor.h"
#include "ServerCore/Platform/Linux/LinuxError.h"

namespace servercore::platform {

namespace {

class LinuxLineInput final : public LineInput {
public:
    explicit LinuxLineInput(FileDescriptor stop) noexcept : stop_(std::move(stop)) {}

    [[nodiscard]] std::optional<std::string> ReadLine() override {
        for (;;) {
            if (std::optional<std::string> line = lines_.TakeLine()) {
                return line;
            }
            if (!AwaitInput()) {
                return std::nullopt;
            }
            std::array<char, 1024> bytes;
            const ssize_t count = ::read(STDIN_FILENO, bytes.data(), bytes.size());
            if (count > 0) {
                lines_.Append({bytes.data(), static_cast<std::size_t>(count)});
            } else if (count == 0 || errno != EINTR) {
                return lines_.TakeRest();
            }
        }
    }

    void Stop() override { (void)::eventfd_write(stop_.Get(), 1); }

private:
    // False: Stop was called, which stays so.
    [[nodiscard]] bool AwaitInput() const noexcept {
        std::array<pollfd, 2> watched{pollfd{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0},
                                      pollfd{.fd = stop_.Get(), .events = POLLIN, .revents = 0}};
        while (::poll(watched.data(), watched.size(), -1) < 0 && errno == EINTR) {
        }
        return watched[1].revents == 0;
    }

    const FileDescriptor stop_;
    LineBuffer lines_;
};

}  // namespace

Result<std::unique_ptr<LineInput>> LineInput::OpenStandardInput() {
    FileDescriptor stop(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!stop.IsOpen()) {
        return LinuxError(errno);
    }
    // A read in the background then fails (EIO), and is the end of the input. See signal(7), termios(3).
    (void)::signal(SIGTTIN, SIG_IGN);
    return std::unique_ptr<LineInput>(std::make_unique<LinuxLineInput>(std::move(stop)));
}

}  // namespace servercore::platform
