#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ServerCore/Base/Result.h"
#include "ServerCore/Platform/IoBackend.h"
#include "ServerCore/Platform/NetAddress.h"
#include "ServerCore/Platform/Socket.h"

namespace servercore::platform {

struct ListenOptions {
    // Connections that may wait to be accepted; the operating system caps it.
    int backlog = 1024;
    // An IPv6 listener also takes IPv4 connections. Ignored for an IPv4 address.
    bool dualStack = true;
};

// A network to work on: the operating system's, or a simulated one (Sim/). Makes the sockets and the ports that belong together.
// Owner: main() or the test; outlives everything made by it.  Threads: safe from any.
class Network {
public:
    Network() = default;
    virtual ~Network() = default;
    Network(const Network&) = delete;
    Network& operator=(const Network&) = delete;

    // The name for logs: "epoll", "iocp", "sim".
    [[nodiscard]] virtual std::string_view Name() const noexcept = 0;

    // A port without sockets. Fails when the system is out of handles or memory.
    [[nodiscard]] virtual Result<std::unique_ptr<IoBackend>> OpenPort() = 0;

    // Bound and listening. Port 0 takes a free one: see Socket::LocalAddress.
    // Restarting over connections of a former process works (SO_REUSEADDR on Linux); a second listener on a port in use does not, and
    // nobody can steal the port (SO_EXCLUSIVEADDRUSE on Windows;
    // https://learn.microsoft.com/windows/win32/winsock/using-so-reuseaddr-and-so-exclusiveaddruse).
    // Fails with address_in_use, address_not_available, permission_denied, ...
    [[nodiscard]] virtual Result<std::unique_ptr<Socket>> OpenListener(const NetAddress& address, const ListenOptions& options) = 0;

    // An unconnected stream for IoBackend::Connect. It will leave from `local`, an address of this host; port 0 lets the system choose, on
    // Linux as late as the connect: then a port is taken per local address and peer, and each local address has all of them for each peer.
    // Fails with address_family_not_supported when `local` is of the other family, address_not_available when it is none of this host's,
    // address_in_use, too_many_files_open, ...
    [[nodiscard]] virtual Result<std::unique_ptr<Socket>> OpenStream(AddressFamily family,
                                                                     const std::optional<NetAddress>& local = std::nullopt) = 0;

    // Looks up a name or reads a numeric address. Blocks: not for worker threads. Never returns an empty list: fails with
    // std::errc::address_not_available when the name is unknown.
    [[nodiscard]] virtual Result<std::vector<NetAddress>> Resolve(const std::string& host, std::uint16_t port) = 0;
};

// The operating system's network: epoll on Linux, I/O completion ports on Windows.
[[nodiscard]] Result<std::unique_ptr<Network>> OpenSystemNetwork();

}  // namespace servercore::platform
