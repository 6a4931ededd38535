#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "ServerCore/Base/Bytes.h"
#include "ServerCore/Net/PacketHeader.h"

namespace servercore {

class PacketSink {
public:
    // False: stop after this packet.
    [[nodiscard]] virtual bool OnFramedPacket(const PacketView& packet) = 0;

protected:
    ~PacketSink() = default;
};

enum class FrameError : std::uint8_t {
    None,
    TooSmall,  // a size field below the header's own 4 bytes
    TooLarge,  // a size field above the limit; noticed before any of the body is stored
};

struct FrameResult {
    FrameError error = FrameError::None;
    std::size_t used = 0;     // bytes of the given data; the rest is for the next call
    std::size_t packets = 0;  // handed out
};

// Cuts a byte stream into packets. Packets that lie whole in the given data are handed out in place; only one that straddles two pieces is
// copied, into a carry buffer that exists as long as it is needed.
// Owner: PacketSession.  Threads: confined to the session's receive chain.
class PacketFramer {
public:
    // Precondition: kPacketHeaderBytes <= maxPacketBytes <= kMaxPacketBytes.
    explicit PacketFramer(std::size_t maxPacketBytes) noexcept;

    // After an error the stream is lost: do not feed again.
    [[nodiscard]] FrameResult Feed(ConstBytes data, PacketSink& sink);

    // Bytes of an incomplete packet kept so far.
    [[nodiscard]] std::size_t CarriedBytes() const noexcept { return carry_ == nullptr ? 0 : carry_->size(); }

private:
    enum class CarryState { Incomplete, Complete, Stopped };

    [[nodiscard]] FrameError CheckSize(std::size_t size) const noexcept;
    [[nodiscard]] FrameError FeedCarry(ConstBytes& data, PacketSink& sink, CarryState& state);
    void MoveToCarry(ConstBytes& data, std::size_t wanted);

    const std::size_t maxPacketBytes_;
    std::unique_ptr<std::vector<std::byte>> carry_;
};

}  // namespace servercore
