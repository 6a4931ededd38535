#include "tests/Integration/Footprint/SilentCrowd.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <system_error>
#include <vector>

#include "tests/Integration/Footprint/QuietPeer.h"

namespace servercore::test {

namespace {

constexpr char kAllGone = '.';

void Require(bool ok, const char* what) {
    if (!ok) {
        throw std::system_error(errno, std::generic_category(), what);
    }
}

// In the process of the crowd: connects when it hears of a port, and tells when all are gone.
void RunCrowd(int channel, std::size_t count) {
    std::uint16_t port = 0;
    Require(::read(channel, &port, sizeof port) == sizeof port, "reading the port");
    std::vector<QuietPeer> peers;
    peers.reserve(count);
    while (peers.size() < count) {
        peers.emplace_back(NetAddress::Loopback(AddressFamily::IPv4, port));
    }
    for (QuietPeer& peer : peers) {
        peer.AwaitEnd();
    }
    Require(::write(channel, &kAllGone, sizeof kAllGone) == sizeof kAllGone, "telling that all are gone");
}

}  // namespace

SilentCrowd::SilentCrowd(std::size_t clients) : count_(DescriptorsFor(clients)) {
    std::array<int, 2> channel{};
    Require(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel.data()) == 0, "socketpair");
    process_ = ::fork();
    Require(process_ >= 0, "fork");
    if (process_ == 0) {
        int code = 0;
        try {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that is killed leaves nobody behind
            ::close(channel[0]);
            RunCrowd(channel[1], count_);
        } catch (const std::exception& exception) {
            std::fprintf(stderr, "the silent crowd: %s\n", exception.what());
            code = 1;
        }
        ::_exit(code);
    }
    ::close(channel[1]);
    channel_ = channel[0];
}

SilentCrowd::~SilentCrowd() {
    ::close(channel_);
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
}

void SilentCrowd::Connect(const NetAddress& server) {
    const std::uint16_t port = server.Port();
    Require(::write(channel_, &port, sizeof port) == sizeof port, "telling the port");
}

bool SilentCrowd::AwaitEnd() {
    char answer = 0;
    return ::read(channel_, &answer, sizeof answer) == sizeof answer && answer == kAllGone;
}

}  // namespace servercore::test
