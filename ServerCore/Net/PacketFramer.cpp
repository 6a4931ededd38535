#include "ServerCore/Net/PacketFramer.h"

#include <algorithm>
#include <utility>

#include "ServerCore/Base/Assert.h"

namespace servercore {

namespace {

PacketView ViewOf(ConstBytes packet) noexcept {
    return {.id = LoadLittleEndian16(packet.subspan(2)), .body = packet.subspan(kPacketHeaderBytes)};
}

}  // namespace

PacketFramer::PacketFramer(std::size_t maxPacketBytes) noexcept : maxPacketBytes_(maxPacketBytes) {
    SC_VERIFY(maxPacketBytes >= kPacketHeaderBytes && maxPacketBytes <= kMaxPacketBytes);
}

FrameError PacketFramer::Feed(ConstBytes data, PacketSink& sink) {
    if (!carry_.empty()) {
        CarryState state = CarryState::Incomplete;
        const FrameError error = FeedCarry(data, sink, state);
        if (error != FrameError::None || state != CarryState::Complete) {
            return error;
        }
    }
    while (data.size() >= kPacketHeaderBytes) {
        const std::size_t size = LoadLittleEndian16(data);
        if (const FrameError error = CheckSize(size); error != FrameError::None) {
            return error;
        }
        if (data.size() < size) {
            break;
        }
        if (!sink.OnFramedPacket(ViewOf(data.first(size)))) {
            return FrameError::None;
        }
        data = data.subspan(size);
    }
    MoveToCarry(data, data.size());
    return FrameError::None;
}

FrameError PacketFramer::CheckSize(std::size_t size) const noexcept {
    if (size < kPacketHeaderBytes) {
        return FrameError::TooSmall;
    }
    return size > maxPacketBytes_ ? FrameError::TooLarge : FrameError::None;
}

FrameError PacketFramer::FeedCarry(ConstBytes& data, PacketSink& sink, CarryState& state) {
    if (carry_.size() < kPacketHeaderBytes) {
        MoveToCarry(data, kPacketHeaderBytes - carry_.size());
        if (carry_.size() < kPacketHeaderBytes) {
            return FrameError::None;
        }
    }
    const std::size_t size = LoadLittleEndian16(carry_);
    if (const FrameError error = CheckSize(size); error != FrameError::None) {
        return error;
    }
    carry_.reserve(size);
    MoveToCarry(data, size - carry_.size());
    if (carry_.size() < size) {
        return FrameError::None;
    }
    const std::vector<std::byte> packet = std::exchange(carry_, {});
    state = sink.OnFramedPacket(ViewOf(packet)) ? CarryState::Complete : CarryState::Stopped;
    return FrameError::None;
}

void PacketFramer::MoveToCarry(ConstBytes& data, std::size_t wanted) {
    const ConstBytes taken = data.first(std::min(wanted, data.size()));
    carry_.insert(carry_.end(), taken.begin(), taken.end());
    data = data.subspan(taken.size());
}

}  // namespace servercore
