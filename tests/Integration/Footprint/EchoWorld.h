#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <memory>

#include "ServerCore/Base/Log.h"
#include "ServerCore/Net/PacketSession.h"
#include "ServerCore/Net/ServerService.h"
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

// A service of one worker with the library's own limits, on a clock that stands still: no machine is too slow for a deadline.
[[nodiscard]] inline ServiceConfig EchoConfig(std::size_t workers) {
    ServiceConfig config;
    config.workers = workers;
    config.maxSessions = 20000;
    config.stopTimeout = std::chrono::milliseconds(0);
    return config;
}

}  // namespace servercore::test
