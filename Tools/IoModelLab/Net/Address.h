#pragma once

#include <cstdint>
#include <string>

#include "Tools/IoModelLab/Net/Winsock.h"

namespace iolab {

// An IPv4 or IPv6 address with a port, as the socket calls take it: address and port in network byte order.
// Threads: a value.
class Address {
public:
    Address() noexcept;

    // From presentation form, or a name that is looked up: the first address that has the kind of host. Throws SystemFailure.
    [[nodiscard]] static Address Resolve(const std::string& host, std::uint16_t port);

    // From presentation form to network form: inet_pton and htons. False: `host` is no numeric address.
    [[nodiscard]] bool Set(const std::string& host, std::uint16_t port) noexcept;

    // Back again, with inet_ntop and ntohs: "127.0.0.1:7777", "[::1]:7777".
    [[nodiscard]] std::string ToString() const;
    [[nodiscard]] std::uint16_t Port() const noexcept;
    [[nodiscard]] int Family() const noexcept { return storage_.ss_family; }

    // For connect and bind.
    [[nodiscard]] const sockaddr* Get() const noexcept { return reinterpret_cast<const sockaddr*>(&storage_); }
    [[nodiscard]] socklen_t Bytes() const noexcept { return bytes_; }

    // For accept and getsockname, which write the address and how long it is.
    [[nodiscard]] sockaddr* Writable() noexcept { return reinterpret_cast<sockaddr*>(&storage_); }
    [[nodiscard]] socklen_t* WritableBytes() noexcept;

private:
    sockaddr_storage storage_{};
    socklen_t bytes_ = 0;
};

}  // namespace iolab
