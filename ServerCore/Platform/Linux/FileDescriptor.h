#pragma once

#include <unistd.h>

#include <utility>

namespace servercore::platform {

// Owns one file descriptor.
class FileDescriptor {
public:
    FileDescriptor() = default;
    explicit FileDescriptor(int fd) noexcept : fd_(fd) {}
    FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    FileDescriptor& operator=(FileDescriptor&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~FileDescriptor() {
        if (fd_ >= 0) {
            ::close(fd_);
        }
    }

    [[nodiscard]] int Get() const noexcept { return fd_; }
    [[nodiscard]] bool IsOpen() const noexcept { return fd_ >= 0; }

private:
    int fd_ = -1;
};

}  // namespace servercore::platform
