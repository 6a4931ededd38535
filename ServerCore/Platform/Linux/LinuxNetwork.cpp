#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <optional>
#include <string>
#include <utility>

#include "ServerCore/Platform/Linux/EpollBackend.h"
#include "ServerCore/Platform/Linux/EpollSocket.h"
#include "ServerCore/Platform/Linux/FileDescriptor.h"
#include "ServerCore/Platform/Linux/LinuxAddress.h"
#include "ServerCore/Platform/Linux/LinuxError.h"
#include "ServerCore/Platform/Network.h"

namespace servercore::platform {

namespace {

Result<FileDescriptor> OpenTcp(AddressFamily family) {
    const int domain = family == AddressFamily::IPv4 ? AF_INET : AF_INET6;
    FileDescriptor fd(::socket(domain, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
    if (!fd.IsOpen()) {
        return LastLinuxError();
    }
    return fd;
}

std::error_code SetInt(int fd, int level, int name, int value) noexcept {
    return ::setsockopt(fd, level, name, &value, sizeof value) == 0 ? std::error_code{} : LastLinuxError();
}

// A port that bind() chooses is taken on this address for every peer, and some 28,000 connections use all of them up; one that connect()
// chooses need only differ from those to the same peer. See ip(7). The option is of level IPPROTO_IP for IPv6, too.
std::error_code BindLocal(int fd, const NetAddress& local) noexcept {
    if (local.Port() == 0) {
        if (const std::error_code error = SetInt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)) {
            return error;
        }
    }
    const SocketAddress native = ToSocketAddress(local);
    return ::bind(fd, native.Get(), native.length) == 0 ? std::error_code{} : LastLinuxError();
}

class LinuxNetwork final : public Network {
public:
    [[nodiscard]] std::string_view Name() const noexcept override { return "epoll"; }

    [[nodiscard]] Result<std::unique_ptr<IoBackend>> OpenPort() override { return EpollBackend::Create(); }

    [[nodiscard]] Result<std::unique_ptr<Socket>> OpenListener(const NetAddress& address, const ListenOptions& options) override {
        Result<FileDescriptor> fd = OpenTcp(address.Family());
        if (!fd) {
            return fd.error();
        }
        // On Linux this does not let two listeners share a port; it lets a restarted server bind over connections in TIME_WAIT.
        if (const std::error_code error = SetInt(fd->Get(), SOL_SOCKET, SO_REUSEADDR, 1)) {
            return error;
        }
        if (address.Family() == AddressFamily::IPv6) {
            if (const std::error_code error = SetInt(fd->Get(), IPPROTO_IPV6, IPV6_V6ONLY, options.dualStack ? 0 : 1)) {
                return error;
            }
        }
        const SocketAddress native = ToSocketAddress(address);
        if (::bind(fd->Get(), native.Get(), native.length) != 0 || ::listen(fd->Get(), options.backlog) != 0) {
            return LastLinuxError();
        }
        return std::unique_ptr<Socket>(std::make_unique<EpollSocket>(*std::move(fd), EpollSocket::State::Live));
    }

    [[nodiscard]] Result<std::unique_ptr<Socket>> OpenStream(AddressFamily family, const std::optional<NetAddress>& local) override {
        if (local && local->Family() != family) {
            return std::make_error_code(std::errc::address_family_not_supported);
        }
        Result<FileDescriptor> fd = OpenTcp(family);
        if (!fd) {
            return fd.error();
        }
        if (local) {
            if (const std::error_code error = BindLocal(fd->Get(), *local)) {
                return error;
            }
        }
        return std::unique_ptr<Socket>(std::make_unique<EpollSocket>(*std::move(fd), EpollSocket::State::Unconnected));
    }

    [[nodiscard]] Result<std::vector<NetAddress>> Resolve(const std::string& host, std::uint16_t port) override {
        addrinfo hints{};
        hints.ai_family = AF_UNSPEC;
        hints.ai_socktype = SOCK_STREAM;
        addrinfo* found = nullptr;
        const int code = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
        if (code == EAI_SYSTEM) {
            return LastLinuxError();
        }
        if (code != 0 && host == "localhost") {
            // A minimal container may have no hosts file, but the name is ours to know (RFC 6761, section 6.3).
            return std::vector{NetAddress::Loopback(AddressFamily::IPv4, port)};
        }
        if (code != 0) {
            return std::make_error_code(std::errc::address_not_available);
        }
        const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
        std::vector<NetAddress> addresses;
        for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
            if (entry->ai_family == AF_INET || entry->ai_family == AF_INET6) {
                addresses.push_back(FromSocketAddress(*entry->ai_addr).WithPort(port));
            }
        }
        if (addresses.empty()) {
            return std::make_error_code(std::errc::address_not_available);
        }
        return addresses;
    }
};

}  // namespace

Result<std::unique_ptr<Network>> OpenSystemNetwork() {
    return std::unique_ptr<Network>(std::make_unique<LinuxNetwork>());
}

}  // namespace servercore::platform
