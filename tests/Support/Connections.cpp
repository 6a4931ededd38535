#include "tests/Support/Connections.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace servercore::test {

void Require(std::error_code error) {
    if (error) {
        throw std::system_error(error);
    }
}

SocketPtr OpenListener(platform::Network& network, PortRunner& port, const NetAddress& address, const platform::ListenOptions& options) {
    SocketPtr listener = Require(network.OpenListener(address, options));
    Require(port.Port().Attach(*listener));
    return listener;
}

SocketPtr OpenStream(platform::Network& network, PortRunner& port, AddressFamily family, const std::optional<NetAddress>& local) {
    SocketPtr stream = Require(network.OpenStream(family, local));
    Require(port.Port().Attach(*stream));
    return stream;
}

ConnectedPair ConnectTo(platform::Network& network, PortRunner& port, platform::Socket& listener, const NetAddress& address) {
    ConnectedPair pair;
    TestOperation& accept = port.Accept(listener);
    pair.client = OpenStream(network, port, address.Family());
    Require(port.Finish(port.Connect(*pair.client, address)).error);
    Outcome& accepted = port.Finish(accept);
    Require(accepted.error);
    pair.server = std::move(accepted.accepted);
    Require(port.Port().Attach(*pair.server));
    return pair;
}

ConnectedPair ConnectPair(platform::Network& network, PortRunner& port) {
    const SocketPtr listener = OpenListener(network, port, NetAddress::Loopback(AddressFamily::IPv4, 0));
    return ConnectTo(network, port, *listener, Require(listener->LocalAddress()));
}

std::vector<std::byte> Pattern(std::size_t size, std::size_t offset) {
    std::vector<std::byte> bytes(size);
    for (std::size_t i = 0; i < size; ++i) {
        const auto position = static_cast<std::uint32_t>(offset + i);
        bytes[i] = static_cast<std::byte>((position * 2654435761U) >> 24U);
    }
    return bytes;
}

ConstBytes AsBytes(std::string_view text) {
    return std::as_bytes(std::span(text));
}

std::string_view AsText(ConstBytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void SendAll(PortRunner& port, platform::Socket& socket, ConstBytes bytes) {
    while (!bytes.empty()) {
        const Outcome& sent = port.Finish(port.Send(socket, bytes));
        Require(sent.error);
        if (sent.bytes == 0 || sent.bytes > bytes.size()) {
            throw std::runtime_error("a send took an impossible number of bytes");
        }
        bytes = bytes.subspan(sent.bytes);
    }
}

std::vector<std::byte> ReceiveExactly(PortRunner& port, platform::Socket& socket, std::size_t size) {
    std::vector<std::byte> bytes;
    while (bytes.size() < size) {
        const Outcome& received = ReceiveOnce(port, socket);
        Require(received.error);
        if (received.data.empty()) {
            throw std::runtime_error("the stream ended early");
        }
        bytes.insert(bytes.end(), received.data.begin(), received.data.end());
    }
    if (bytes.size() > size) {
        throw std::runtime_error("more arrived than was expected");
    }
    return bytes;
}

Outcome& ReceiveOnce(PortRunner& port, platform::Socket& socket) {
    return port.Finish(port.Receive(socket));
}

void ExpectEchoWorks(PortRunner& port, ConnectedPair& pair) {
    SendAll(port, *pair.client, AsBytes("?"));
    EXPECT_EQ(AsText(ReceiveExactly(port, *pair.server, 1)), "?");
    SendAll(port, *pair.server, AsBytes("!"));
    EXPECT_EQ(AsText(ReceiveExactly(port, *pair.client, 1)), "!");
}

bool IsEndOfStream(const Outcome& outcome) {
    return !outcome.error && outcome.bytes == 0 && outcome.data.empty();
}

}  // namespace servercore::test
