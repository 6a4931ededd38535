#include "ServerCore/Platform/Sim/SimNetwork.h"

#include <array>

#include "ServerCore/Platform/AddressText.h"
#include "ServerCore/Platform/Sim/SimListener.h"
#include "ServerCore/Platform/Sim/SimPort.h"
#include "ServerCore/Platform/Sim/SimStream.h"

namespace servercore::platform {

Result<std::unique_ptr<IoBackend>> SimNetwork::OpenPort() {
    return std::unique_ptr<IoBackend>(std::make_unique<SimPort>(kernel_));
}

Result<std::unique_ptr<Socket>> SimNetwork::OpenListener(const NetAddress& address, const ListenOptions& options) {
    const Result<NetAddress> where = addresses_.AddressToListenAt(address, options.dualStack);
    if (!where) {
        return where.error();
    }
    return std::unique_ptr<Socket>(std::make_unique<SimListener>(kernel_, addresses_, *where, options));
}

Result<std::unique_ptr<Socket>> SimNetwork::OpenStream(AddressFamily family, const std::optional<NetAddress>& local) {
    if (local && local->Family() != family) {
        return std::make_error_code(std::errc::address_family_not_supported);
    }
    if (kernel_.Strikes(SimFault::OpenWithoutHandles)) {
        return ToErrorCode(SimError::NoHandles);
    }
    const NetAddress from = local.value_or(NetAddress::Any(family, 0));
    if (const std::error_code error = addresses_.TakeToConnectFrom(from)) {
        return error;
    }
    return std::unique_ptr<Socket>(std::make_unique<SimStream>(kernel_, addresses_, from));
}

Result<std::vector<NetAddress>> SimNetwork::Resolve(const std::string& host, std::uint16_t port) {
    if (host == "localhost") {
        return std::vector{NetAddress::Loopback(AddressFamily::IPv4, port), NetAddress::Loopback(AddressFamily::IPv6, port)};
    }
    if (std::array<std::uint8_t, 4> bytes{}; ParseIPv4(host.c_str(), bytes)) {
        return std::vector{NetAddress::FromIPv4(bytes, port)};
    }
    if (std::array<std::uint8_t, 16> bytes{}; ParseIPv6(host.c_str(), bytes)) {
        return std::vector{NetAddress::FromIPv6(bytes, port)};
    }
    return std::make_error_code(std::errc::address_not_available);
}

Duration SimNetwork::Advance(Duration atMost) {
    const TimePoint begin = kernel_.Now();
    kernel_.RunDue();
    while (!kernel_.HasReady() && kernel_.RunNext(begin + atMost)) {
    }
    return kernel_.Now() - begin;
}

}  // namespace servercore::platform
