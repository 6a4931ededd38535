#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "ServerCore/Base/Bytes.h"
#include "ServerCore/Base/Result.h"
#include "ServerCore/Platform/Network.h"
#include "tests/Support/PortRunner.h"

namespace servercore::test {

using SocketPtr = std::unique_ptr<platform::Socket>;

// What the test needs in order to go on: the value, or an exception that fails the test.
void Require(std::error_code error);

template <class T>
[[nodiscard]] T Require(Result<T> result) {
    Require(result.error());
    return std::move(*result);
}

struct ConnectedPair {
    SocketPtr client;
    SocketPtr server;
};

// Attached to the port, all of them.
[[nodiscard]] SocketPtr OpenListener(platform::Network& network, PortRunner& port, const NetAddress& address,
                                     const platform::ListenOptions& options = {});
[[nodiscard]] SocketPtr OpenStream(platform::Network& network, PortRunner& port, AddressFamily family = AddressFamily::IPv4,
                                   const std::optional<NetAddress>& local = std::nullopt);
[[nodiscard]] ConnectedPair ConnectTo(platform::Network& network, PortRunner& port, platform::Socket& listener, const NetAddress& address);
[[nodiscard]] ConnectedPair ConnectPair(platform::Network& network, PortRunner& port);

// Bytes that differ at each position, so that lost, doubled and swapped ones show.
[[nodiscard]] std::vector<std::byte> Pattern(std::size_t size, std::size_t offset = 0);
[[nodiscard]] ConstBytes AsBytes(std::string_view text);
[[nodiscard]] std::string_view AsText(ConstBytes bytes);

// Sends everything, tails included; throws on an error.
void SendAll(PortRunner& port, platform::Socket& socket, ConstBytes bytes);
// Receives exactly so many; throws when the stream ends or more arrives.
[[nodiscard]] std::vector<std::byte> ReceiveExactly(PortRunner& port, platform::Socket& socket, std::size_t size);
// One receive; its outcome.
[[nodiscard]] Outcome& ReceiveOnce(PortRunner& port, platform::Socket& socket);
// A byte in both directions.
void ExpectEchoWorks(PortRunner& port, ConnectedPair& pair);

// A successful receive without bytes.
[[nodiscard]] bool IsEndOfStream(const Outcome& outcome);

}  // namespace servercore::test
