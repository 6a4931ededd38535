#include "tests/Fuzz/FuzzedSession.h"

#include <algorithm>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "tests/Fuzz/ReferenceFraming.h"

namespace servercore::test {

namespace {

constexpr std::size_t kNumberBytes = 4;
constexpr std::uint16_t kId = 7;

std::vector<std::uint32_t> NumbersOf(const Framing& wire) {
    std::vector<std::uint32_t> numbers;
    for (const std::string& packet : wire.packets) {
        const ConstBytes body = std::as_bytes(std::span(packet)).subspan(kPacketHeaderBytes);
        numbers.push_back(LoadLittleEndian16(body) | std::uint32_t{LoadLittleEndian16(body.subspan(2))} << 16U);
    }
    return numbers;
}

}  // namespace

// A callback that is running.
class FuzzedSession::Callback {
public:
    Callback(FuzzedSession& session, const char* name, bool wantsConnected) : session_(session) {
        FuzzedLife& life = session.life_;
        if (life.problem.empty() && (session.inCallback_ || life.ends > 0 || life.hasConnected != wantsConnected)) {
            life.problem = fmt::format("{} came {}", name,
                                       session.inCallback_ ? "inside another callback"
                                       : life.ends > 0     ? "after the end"
                                                           : "out of order");
        }
        session.inCallback_ = true;
    }
    ~Callback() { session_.inCallback_ = false; }
    Callback(const Callback&) = delete;
    Callback& operator=(const Callback&) = delete;

private:
    FuzzedSession& session_;
};

void FuzzedSession::SendNumbered(SendBufferPool& buffers, std::uint32_t number, std::size_t extraBytes, const SendOptions& options) {
    SendBufferRef buffer = buffers.Allocate(kPacketHeaderBytes + kNumberBytes + extraBytes);
    const MutableBytes packet = buffer->Writable();
    WritePacketHeader(packet, kId);
    StoreLittleEndian16(packet.subspan(kPacketHeaderBytes), static_cast<std::uint16_t>(number));
    StoreLittleEndian16(packet.subspan(kPacketHeaderBytes + 2), static_cast<std::uint16_t>(number >> 16U));
    std::ranges::fill(packet.subspan(kPacketHeaderBytes + kNumberBytes), std::byte{0xAB});
    const SendResult result = Send(std::move(buffer), options);
    if (!IsQueued(result)) {
        return;
    }
    if (options.packetClass == PacketClass::Latest) {
        life_.replaceable.insert(number);
    } else {
        life_.queued.push_back(number);
    }
    life_.replaced += result == SendResult::Replaced ? 1 : 0;
}

void FuzzedSession::OnConnected() {
    const Callback callback(*this, "OnConnected", false);
    life_.hasConnected = true;
    reactor_.React(*this);
}

void FuzzedSession::OnPacket(const PacketView& packet) {
    const Callback callback(*this, "OnPacket", true);
    life_.received.push_back(Reassemble(packet));
    reactor_.React(*this);
}

void FuzzedSession::OnSendBacklog(bool isHigh) {
    const Callback callback(*this, "OnSendBacklog", true);
    if (std::exchange(backlogIsHigh_, isHigh) == isHigh && life_.problem.empty()) {
        life_.problem = "a backlog was told of twice";
    }
    reactor_.React(*this);
}

void FuzzedSession::OnHeartbeat() {
    const Callback callback(*this, "OnHeartbeat", true);
    reactor_.React(*this);
}

void FuzzedSession::OnConnectFailed(const CloseInfo& info) {
    const Callback callback(*this, "OnConnectFailed", false);
    ++life_.ends;
    life_.end = info;
}

void FuzzedSession::OnDisconnected(const CloseInfo& info) {
    const Callback callback(*this, "OnDisconnected", true);
    ++life_.ends;
    life_.end = info;
    reactor_.React(*this);
}

std::string JudgeLife(const FuzzedLife& life, std::size_t maxPacketBytes, bool isOver) {
    if (!life.problem.empty()) {
        return life.problem;
    }
    const Framing delivered = FrameWhole(std::as_bytes(std::span(life.delivered)), maxPacketBytes);
    if (life.received.size() > delivered.packets.size() ||
        !std::equal(life.received.begin(), life.received.end(), delivered.packets.begin())) {
        return "a packet was received that the peer has not sent";
    }
    const std::string taken = life.wire->Taken();
    const Framing wire = FrameWhole(std::as_bytes(std::span(taken)), kMaxPacketBytes);
    if (wire.error != FrameError::None) {
        return "what was sent is no stream of packets";
    }
    std::vector<std::uint32_t> sent = NumbersOf(wire);
    const std::size_t all = sent.size();
    if (std::set<std::uint32_t>(sent.begin(), sent.end()).size() != all) {
        return "a packet was sent twice";
    }
    std::erase_if(sent, [&](std::uint32_t number) { return life.replaceable.contains(number); });
    if (sent.size() > life.queued.size() || !std::equal(sent.begin(), sent.end(), life.queued.begin())) {
        return "packets were sent in another order, with a gap, or although they had not been queued";
    }
    const std::size_t queued = life.queued.size() + life.replaceable.size();
    if (isOver && life.end.graceful && all + life.replaced != queued) {
        return fmt::format("a graceful end, but {} of {} packets were sent and {} replaced", all, queued, life.replaced);
    }
    if (isOver && life.ends != 1) {
        return fmt::format("{} ends", life.ends);
    }
    return {};
}

std::string JudgeSettled(const FuzzedLife& life, std::size_t maxPacketBytes) {
    const Framing delivered = FrameWhole(std::as_bytes(std::span(life.delivered)), maxPacketBytes);
    if (delivered.error != FrameError::None) {
        return "a session is open after a size that cannot be right";
    }
    if (!life.isPaused && life.received.size() != delivered.packets.size()) {
        return fmt::format("{} of {} packets were received, and nothing goes on", life.received.size(), delivered.packets.size());
    }
    if (!life.isPaused && !life.wire->IsReceiving()) {
        return "nothing is being received";
    }
    const std::string taken = life.wire->Taken();
    const std::size_t sent = FrameWhole(std::as_bytes(std::span(taken)), kMaxPacketBytes).packets.size();
    if (sent + life.replaced != life.queued.size() + life.replaceable.size()) {
        return "what is queued stays where it is";
    }
    return {};
}

}  // namespace servercore::test
