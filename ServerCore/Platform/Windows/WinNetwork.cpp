#include "ServerCore/Platform/Windows/WinNetwork.h"

#include <algorithm>
#include <utility>

#include "ServerCore/Platform/Windows/WinAddress.h"
#include "ServerCore/Platform/Windows/WinError.h"
#include "ServerCore/Platform/Windows/WinSocket.h"

namespace servercore::platform {

namespace {

// https://learn.microsoft.com/windows/win32/api/winsock2/nf-winsock2-wsaioctl, SIO_GET_EXTENSION_FUNCTION_POINTER
template <class Function>
std::error_code LoadExtension(SOCKET socket, GUID id, Function& function) noexcept {
    DWORD bytes = 0;
    const int failed =
        ::WSAIoctl(socket, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof(id), &function, sizeof(function), &bytes, nullptr, nullptr);
    return failed != 0 ? LastSocketError() : std::error_code{};
}

std::error_code SetFlag(SOCKET socket, int level, int option, bool value) noexcept {
    const DWORD flag = value ? 1 : 0;
    const int failed = ::setsockopt(socket, level, option, reinterpret_cast<const char*>(&flag), sizeof(flag));
    return failed != 0 ? LastSocketError() : std::error_code{};
}

std::error_code Bind(SOCKET socket, const NetAddress& address) noexcept {
    const NativeAddress native = ToNative(address);
    return ::bind(socket, native.Get(), native.length) != 0 ? LastSocketError() : std::error_code{};
}

// A plain backlog is cut to 200; the negative form, SOMAXCONN_HINT (which MinGW lacks), asks for more.
// https://learn.microsoft.com/windows/win32/api/winsock2/nf-winsock2-listen
int NativeBacklog(int backlog) noexcept {
    constexpr int kPlainLimit = 200;
    constexpr int kHintLimit = 65535;
    return backlog <= kPlainLimit ? std::max(backlog, 1) : -std::min(backlog, kHintLimit);
}

}  // namespace

Result<std::unique_ptr<Network>> WinNetwork::Open() {
    std::unique_ptr<WinNetwork> network(new WinNetwork);
    if (const std::error_code error = network->Start()) {
        return error;
    }
    return std::unique_ptr<Network>(std::move(network));
}

WinNetwork::~WinNetwork() {
    if (started_) {
        ::WSACleanup();
    }
}

std::error_code WinNetwork::Start() {
    WSADATA data{};
    // Returns its error: WSAGetLastError works only after it.
    if (const int code = ::WSAStartup(MAKEWORD(2, 2), &data); code != 0) {
        return MakeWinError(static_cast<DWORD>(code));
    }
    started_ = true;

    const auto socket = WinSocket::Open(AddressFamily::IPv4);
    if (!socket) {
        return socket.error();
    }
    const SOCKET native = (*socket)->Native();
    if (const auto error = LoadExtension(native, WSAID_ACCEPTEX, extensions_.acceptEx)) {
        return error;
    }
    if (const auto error = LoadExtension(native, WSAID_GETACCEPTEXSOCKADDRS, extensions_.getAcceptExSockaddrs)) {
        return error;
    }
    return LoadExtension(native, WSAID_CONNECTEX, extensions_.connectEx);
}

Result<std::unique_ptr<IoBackend>> WinNetwork::OpenPort() {
    return IocpBackend::Create(extensions_);
}

Result<std::unique_ptr<Socket>> WinNetwork::OpenListener(const NetAddress& address, const ListenOptions& options) {
    auto listener = WinSocket::Open(address.Family());
    if (!listener) {
        return listener.error();
    }
    const SOCKET native = (*listener)->Native();
    if (const auto error = SetFlag(native, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, true)) {
        return error;
    }
    if (address.Family() == AddressFamily::IPv6) {
        if (const auto error = SetFlag(native, IPPROTO_IPV6, IPV6_V6ONLY, !options.dualStack)) {
            return error;
        }
    }
    if (const auto error = Bind(native, address)) {
        return error;
    }
    if (::listen(native, NativeBacklog(options.backlog)) != 0) {
        return LastSocketError();
    }
    return std::unique_ptr<Socket>(std::move(*listener));
}

Result<std::unique_ptr<Socket>> WinNetwork::OpenStream(AddressFamily family, const std::optional<NetAddress>& local) {
    if (local && local->Family() != family) {
        return std::make_error_code(std::errc::address_family_not_supported);
    }
    auto stream = WinSocket::Open(family);
    if (!stream) {
        return stream.error();
    }
    // ConnectEx wants a bound socket. https://learn.microsoft.com/windows/win32/api/mswsock/nc-mswsock-lpfn_connectex
    if (const auto error = Bind((*stream)->Native(), local.value_or(NetAddress::Any(family, 0)))) {
        return error;
    }
    return std::unique_ptr<Socket>(std::move(*stream));
}

Result<std::vector<NetAddress>> WinNetwork::Resolve(const std::string& host, std::uint16_t port) {
    // getaddrinfo would take an empty name for this machine.
    if (host.empty()) {
        return MakeWinError(WSAHOST_NOT_FOUND);
    }
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_protocol = IPPROTO_TCP;
    addrinfo* first = nullptr;
    // Returns its error. https://learn.microsoft.com/windows/win32/api/ws2tcpip/nf-ws2tcpip-getaddrinfo
    if (const int code = ::getaddrinfo(host.c_str(), nullptr, &hints, &first); code != 0) {
        return MakeWinError(static_cast<DWORD>(code));
    }
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> list(first, &::freeaddrinfo);

    std::vector<NetAddress> addresses;
    for (const addrinfo* entry = list.get(); entry != nullptr; entry = entry->ai_next) {
        if (const auto address = FromNative(entry->ai_addr, static_cast<int>(entry->ai_addrlen))) {
            addresses.push_back(address->WithPort(port));
        }
    }
    if (addresses.empty()) {
        return MakeWinError(WSANO_DATA);
    }
    return addresses;
}

Result<std::unique_ptr<Network>> OpenSystemNetwork() {
    return WinNetwork::Open();
}

}  // namespace servercore::platform
