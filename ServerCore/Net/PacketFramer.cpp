#include "ServerCore/Net/PacketFramer.h"

#include <algorithm>

#include "ServerCore/Base/Assert.h"

namespace servercore {

namespace {

// Reserved for a packet on the word of its header; the rest of the memory follows the bytes.
constexpr std::size_t kTrustedBytes = 1024;

PacketView ViewOf(ConstBytes packet) noexcept {
    return {.id = LoadLittleEndian16(packet.subspan(2)), .body = packet.subspan(kPacketHeaderBytes)};
}

}  // namespace

PacketFramer::PacketFramer(std::size_t maxPacketBytes) noexcept : maxPacketBytes_(maxPacketBytes) {
    SC_VERIFY(maxPacketBytes >= kPacketHeaderBytes && maxPacketBytes <= kMaxPacketBytes);
}

FrameResult PacketFramer::Feed(ConstBytes data, PacketSink& sink) {
    const std::size_t given = data.size();
    FrameResult result;
    CarryState carry = CarryState::Complete;
    if (CarriedBytes() == 0) {
        carry_.reset();  // kept only while packet after packet straddles
    } else {
        carry = CarryState::Incomplete;
        result.error = FeedCarry(data, sink, carry);
        result.packets = carry == CarryState::Incomplete ? 0 : 1;
    }
    bool goOn = carry == CarryState::Complete;
    while (goOn && result.error == FrameError::None && data.size() >= kPacketHeaderBytes) {
        const std::size_t size = LoadLittleEndian16(data);
        result.error = CheckSize(size);
        if (result.error != FrameError::None || data.size() < size) {
            break;
        }
        const ConstBytes packet = data.first(size);
        data = data.subspan(size);
        ++result.packets;
        goOn = sink.OnFramedPacket(ViewOf(packet));
    }
    if (goOn && result.error == FrameError::None) {
        MoveToCarry(data, data.size());
    }
    result.used = given - data.size();
    return result;
}

FrameError PacketFramer::CheckSize(std::size_t size) const noexcept {
    if (size < kPacketHeaderBytes) {
        return FrameError::TooSmall;
    }
    return size > maxPacketBytes_ ? FrameError::TooLarge : FrameError::None;
}

FrameError PacketFramer::FeedCarry(ConstBytes& data, PacketSink& sink, CarryState& state) {
    std::vector<std::byte>& carry = *carry_;
    if (carry.size() < kPacketHeaderBytes) {
        MoveToCarry(data, kPacketHeaderBytes - carry.size());
        if (carry.size() < kPacketHeaderBytes) {
            return FrameError::None;
        }
    }
    const std::size_t size = LoadLittleEndian16(carry);
    if (const FrameError error = CheckSize(size); error != FrameError::None) {
        return error;
    }
    carry.reserve(std::min(size, kTrustedBytes));
    MoveToCarry(data, size - carry.size());
    if (carry.size() < size) {
        return FrameError::None;
    }
    state = sink.OnFramedPacket(ViewOf(carry)) ? CarryState::Complete : CarryState::Stopped;
    carry.clear();
    return FrameError::None;
}

void PacketFramer::MoveToCarry(ConstBytes& data, std::size_t wanted) {
    const ConstBytes taken = data.first(std::min(wanted, data.size()));
    if (taken.empty()) {
        return;
    }
    if (carry_ == nullptr) {
        carry_ = std::make_unique<std::vector<std::byte>>();
    }
    carry_->insert(carry_->end(), taken.begin(), taken.end());
    data = data.subspan(taken.size());
}

}  // namespace servercore
