#include "ServerCore/Net/PacketSession.h"

namespace servercore {

namespace {

// Looking at the clock costs as much as a small packet.
constexpr std::size_t kPacketsPerLook = 8;

}  // namespace

// What is handed out in one go, before other sessions have their turn.
class PacketSession::Turn final : public PacketSink {
public:
    explicit Turn(PacketSession& session)
        : session_(session), end_(session.Host().GetClock().Now() + session.Host().Limits().timePerTurn) {}

    bool OnFramedPacket(const PacketView& packet) override {
        session_.CountReceivedPacket();
        if (session_.policer_ != nullptr && !session_.IsWithinBudget(packet)) {
            return false;
        }
        IocpCore::ThisThreadsActivity().GoOnWith({.kind = "OnPacket", .subject = session_.Id().Value(), .detail = packet.id});
        session_.OnPacket(packet);
        return session_.State() == SessionState::Open && !session_.IsReceivingPaused() && !IsOver();
    }

private:
    [[nodiscard]] bool IsOver() {
        ++packets_;
        const SessionHost& host = session_.Host();
        return packets_ >= host.Limits().packetsPerTurn || (packets_ % kPacketsPerLook == 0 && host.GetClock().Now() >= end_);
    }

    PacketSession& session_;
    const TimePoint end_;
    std::size_t packets_ = 0;
};

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
    Turn turn(*this);
    const FrameResult result = framer_->Feed(bytes, turn);
    switch (result.error) {
        case FrameError::None: SetPacketBegun(framer_->CarriedBytes() > 0, result.packets > 0); break;
        case FrameError::TooSmall: Abort(CloseReason::PacketTooSmall); break;
        case FrameError::TooLarge: Abort(CloseReason::PacketTooLarge); break;
    }
    return result.used;
}

void PacketSession::AddTo(SessionTotals& totals) const {
    if (policer_ != nullptr) {
        policer_->AddTo(totals);
    }
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

}  // namespace servercore
