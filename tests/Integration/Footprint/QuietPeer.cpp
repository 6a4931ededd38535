#include "tests/Integration/Footprint/QuietPeer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>

#include "tests/Support/Bell.h"

namespace servercore::test {

namespace {

constexpr rlim_t kDescriptorsInUse = 200;  // by the program itself, with room to spare

void Require(bool ok, const char* what) {
    if (!ok) {
        throw std::system_error(errno, std::generic_category(), what);
    }
}

}  // namespace

QuietPeer::QuietPeer(const NetAddress& server) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    Require(fd_ >= 0, "socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server.Port());
    std::memcpy(&address.sin_addr, server.Bytes().data(), sizeof address.sin_addr);
    const int error = ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ? 0 : errno;
    if (error != 0) {
        ::close(fd_);
        throw std::system_error(error, std::generic_category(), "connect");
    }
    const timeval patience{.tv_sec = std::chrono::duration_cast<std::chrono::seconds>(kPatience).count(), .tv_usec = 0};
    Require(::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0, "SO_RCVTIMEO");
}

QuietPeer::~QuietPeer() {
    if (fd_ >= 0) {
        const linger reset{.l_onoff = 1, .l_linger = 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        ::close(fd_);
    }
}

void QuietPeer::Send(ConstBytes bytes) {
    Require(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()), "send");
}

void QuietPeer::Exchange(ConstBytes packet) {
    Send(packet);
    std::array<std::byte, 4096> buffer;
    for (std::size_t left = packet.size(); left > 0;) {
        const ssize_t received = ::recv(fd_, buffer.data(), std::min(left, buffer.size()), 0);
        Require(received > 0, "recv");
        left -= static_cast<std::size_t>(received);
    }
}

void QuietPeer::AwaitEnd() {
    std::byte unexpected{};
    const ssize_t received = ::recv(fd_, &unexpected, sizeof unexpected, 0);
    Require(received == 0 || (received < 0 && errno == ECONNRESET), "waiting for the end of the connection");
}

std::size_t DescriptorsFor(std::size_t wanted) {
    rlimit limit{};
    Require(::getrlimit(RLIMIT_NOFILE, &limit) == 0, "getrlimit");
    const rlim_t needed = wanted + kDescriptorsInUse;
    if (limit.rlim_cur < needed) {
        const rlimit raised{.rlim_cur = needed, .rlim_max = std::max(limit.rlim_max, needed)};  // for root
        const rlimit allowed{.rlim_cur = std::min(limit.rlim_max, needed), .rlim_max = limit.rlim_max};
        if (::setrlimit(RLIMIT_NOFILE, &raised) != 0) {
            Require(::setrlimit(RLIMIT_NOFILE, &allowed) == 0, "setrlimit");
        }
        Require(::getrlimit(RLIMIT_NOFILE, &limit) == 0, "getrlimit");
    }
    return std::min<std::size_t>(wanted, limit.rlim_cur > kDescriptorsInUse ? limit.rlim_cur - kDescriptorsInUse : 0);
}

}  // namespace servercore::test
