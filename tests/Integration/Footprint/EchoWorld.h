#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <memory>
#include <system_error>

#include "ServerCore/Base/Log.h"
#include "ServerCore/Net/PacketSession.h"
#include "ServerCore/Net/ServerService.h"
#include "ServerCore/Platform/Network.h"
#include "tests/Support/Bell.h"
#include "tests/Support/FakeClock.h"

namespace servercore::test {

// As little as a game can be: each packet goes back to its sender.
class EchoSession final : public PacketSession {
public:
    explicit EchoSession(SendBufferPool& buffers) noexcept : buffers_(buffers) {}

private:
    void OnPacket(const PacketView& packet) override {
        SendBufferRef buffer = buffers_.Allocate(kPacketHeaderBytes + packet.body.size());
        const MutableBytes bytes = buffer->Writable();
        StoreLittleEndian16(bytes, static_cast<std::uint16_t>(bytes.size()));
        StoreLittleEndian16(bytes.subspan(2), packet.id);
        std::memcpy(bytes.data() + kPacketHeaderBytes, packet.body.data(), packet.body.size());
        (void)Send(std::move(buffer));
    }

    SendBufferPool& buffers_;
};

inline constexpr std::size_t kPacketBytes = 64;

[[nodiscard]] inline std::array<std::byte, kPacketBytes> MakePacket() noexcept {
    std::array<std::byte, kPacketBytes> packet{};
    StoreLittleEndian16(packet, kPacketBytes);
    return packet;
}

// With the library's own limits, on a clock that stands still: no machine is too slow for a deadline.
[[nodiscard]] inline ServiceConfig EchoConfig(std::size_t workers) {
    ServiceConfig config;
    config.workers = workers;
    config.maxSessions = 20000;
    config.stopTimeout = std::chrono::milliseconds(0);
    return config;
}

// A server of echo sessions on this machine's sockets, without a log. Throws what keeps it from starting.
// Owner: the test.  Threads: the test's, and the service's workers.
struct EchoWorld {
    explicit EchoWorld(const ServiceConfig& config)
        : service(
              **network, config, [this] { return std::make_shared<EchoSession>(service.Buffers()); }, clock, log) {
        if (const std::error_code error = service.Start(listen)) {
            throw std::system_error(error);
        }
    }

    const Result<std::unique_ptr<platform::Network>> network = platform::OpenSystemNetwork();
    FakeClock clock;
    Logger log = Logger::Silent();
    const ListenConfig listen{.address = NetAddress::Loopback(AddressFamily::IPv4, 0), .options = {}};
    ServerService service;
};

// For a service of no workers, which does nothing but what the test's thread makes it do. Adds to `completions` how many it dispatched.
// False: `holds` does not within kPatience.
template <class Condition>
[[nodiscard]] bool DispatchUntil(ServerService& service, std::size_t& completions, Condition holds) {
    const SteadyClock clock;
    const TimePoint end = clock.Now() + kPatience;
    while (!holds()) {
        if (clock.Now() >= end) {
            return false;
        }
        completions += service.Dispatch(std::chrono::milliseconds(10));
    }
    return true;
}

// Everybody has been let in and is being listened to.
[[nodiscard]] inline bool Await(ServerService& service, std::size_t sessions) {
    std::size_t completions = 0;
    return DispatchUntil(service, completions, [&service, sessions] {
        const Ledger ledger = service.GetLedger();
        return service.SessionCount() == sessions && ledger.operationsInFlight == sessions + ledger.acceptsInFlight;
    });
}

}  // namespace servercore::test
