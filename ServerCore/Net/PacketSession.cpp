#include "ServerCore/Net/PacketSession.h"

namespace servercore {

namespace {

// Looking at the clock costs as much as a small packet.
constexpr std::size_t kPacketsPerLook = 8;

}  // namespace

void PacketSession::OnBound() {
    const SessionLimits& limits = Host().Limits();
    framer_.emplace(limits.packetBytes);
    if (limits.packets != nullptr) {
        policer_ = std::make_unique<PacketPolicer>(*limits.packets);
    }
}

void PacketSession::Grant(std::uint16_t id, std::uint32_t packets) {
    if (policer_ != nullptr) {
        policer_->Grant(id, packets);
    }
}

std::size_t PacketSession::Consume(ConstBytes bytes) {
    packetsThisTurn_ = 0;
    turnEnd_ = Host().GetClock().Now() + Host().Limits().timePerTurn;
    const FrameResult result = framer_->Feed(bytes, *this);
    switch (result.error) {
        case FrameError::None: SetPacketBegun(framer_->CarriedBytes() > 0, result.packets > 0); break;
        case FrameError::TooSmall: Abort(CloseReason::PacketTooSmall); break;
        case FrameError::TooLarge: Abort(CloseReason::PacketTooLarge); break;
    }
    return result.used;
}

bool PacketSession::OnFramedPacket(const PacketView& packet) {
    CountReceivedPacket();
    if (policer_ != nullptr && !IsWithinBudget(packet)) {
        return false;
    }
    IocpCore::ThisThreadsActivity().GoOnWith({.kind = "OnPacket", .subject = Id().Value(), .detail = packet.id});
    OnPacket(packet);
    return State() == SessionState::Open && !IsReceivingPaused() && !IsTurnOver();
}

// A packet over the budget is still handled, because nothing is dropped from a stream.
bool PacketSession::IsWithinBudget(const PacketView& packet) {
    const PacketPolicer::Verdict verdict = policer_->Judge(packet, Host().GetClock().Now());
    switch (verdict.action) {
        case PacketPolicer::Action::Pass: break;
        case PacketPolicer::Action::Throttle: ThrottleUntil(verdict.readAgainAt); break;
        case PacketPolicer::Action::Close: Abort(CloseReason::RateLimited); return false;
    }
    return true;
}

bool PacketSession::IsTurnOver() {
    ++packetsThisTurn_;
    return packetsThisTurn_ >= Host().Limits().packetsPerTurn ||
           (packetsThisTurn_ % kPacketsPerLook == 0 && Host().GetClock().Now() >= turnEnd_);
}

}  // namespace servercore
