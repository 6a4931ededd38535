#include "Tools/IoModelLab/Net/Address.h"

#include <algorithm>
#include <cstring>
#include <memory>

#include <fmt/format.h>

#include "Tools/IoModelLab/Net/Errors.h"

namespace iolab {

namespace {

// sockaddr_storage is bytes to the language; what is in it depends on the family, and memcpy reads it without breaking a rule.
template <class T>
T ReadAs(const sockaddr_storage& storage) noexcept {
    T value{};
    std::memcpy(&value, &storage, sizeof value);
    return value;
}

template <class T>
socklen_t WriteAs(sockaddr_storage& storage, const T& value) noexcept {
    std::memcpy(&storage, &value, sizeof value);
    return sizeof value;
}

}  // namespace

Address::Address() noexcept {
    static_cast<void>(Set("0.0.0.0", 0));
}

Address Address::Resolve(const std::string& host, std::uint16_t port) {
    Address address;
    if (address.Set(host, port)) {
        return address;
    }
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0 || found == nullptr) {
        throw SystemFailure(fmt::format("getaddrinfo: '{}' is not known; give a numeric address or a name of this network", host));
    }
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
    // Models and tests listen at 127.0.0.1: of "localhost", which is two addresses, take that one.
    for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
        if (each->ai_family == AF_INET) {
            found = const_cast<addrinfo*>(each);
            break;
        }
    }
    const auto bytes = std::min(static_cast<std::size_t>(found->ai_addrlen), sizeof address.storage_);
    std::memcpy(&address.storage_, found->ai_addr, bytes);
    address.bytes_ = static_cast<socklen_t>(bytes);
    return address;
}

bool Address::Set(const std::string& host, std::uint16_t port) noexcept {
    sockaddr_in v4{};
    if (::inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        bytes_ = WriteAs(storage_, v4);
        return true;
    }
    sockaddr_in6 v6{};
    if (::inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1) {
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port);
        bytes_ = WriteAs(storage_, v6);
        return true;
    }
    return false;
}

std::string Address::ToString() const {
    char text[INET6_ADDRSTRLEN] = {};
    if (Family() == AF_INET6) {
        const auto v6 = ReadAs<sockaddr_in6>(storage_);
        ::inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
        return fmt::format("[{}]:{}", text, Port());
    }
    const auto v4 = ReadAs<sockaddr_in>(storage_);
    ::inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
    return fmt::format("{}:{}", text, Port());
}

std::uint16_t Address::Port() const noexcept {
    return ntohs(Family() == AF_INET6 ? ReadAs<sockaddr_in6>(storage_).sin6_port : ReadAs<sockaddr_in>(storage_).sin_port);
}

socklen_t* Address::WritableBytes() noexcept {
    bytes_ = sizeof storage_;
    return &bytes_;
}

}  // namespace iolab
