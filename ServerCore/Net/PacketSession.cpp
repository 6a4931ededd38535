#include "ServerCore/Net/PacketSession.h"

#include <algorithm>
#include <chrono>

namespace servercore {

bool PacketBudget::TryTake() noexcept {
    if (rate_ <= 0) {
        return true;
    }
    const TimePoint now = clock_.Now();
    tokens_ = std::min(burst_, tokens_ + rate_ * std::chrono::duration<double>(now - last_).count());
    last_ = now;
    if (tokens_ < 1) {
        return false;
    }
    tokens_ -= 1;
    return true;
}

void PacketSession::OnReceived(ConstBytes bytes) {
    if (!framer_) {
        const SessionLimits& limits = Host().Limits();
        framer_.emplace(limits.packetBytes);
        budget_.emplace(limits.packetsPerSecond, limits.packetBurst, Host().GetClock());
    }
    switch (framer_->Feed(bytes, *this)) {
        case FrameError::None: break;
        case FrameError::TooSmall: Abort(CloseReason::PacketTooSmall); break;
        case FrameError::TooLarge: Abort(CloseReason::PacketTooLarge); break;
    }
}

bool PacketSession::OnFramedPacket(const PacketView& packet) {
    CountReceivedPacket();
    if (!budget_->TryTake()) {
        Abort(CloseReason::RateLimited);
        return false;
    }
    OnPacket(packet);
    return State() == SessionState::Open;
}

}  // namespace servercore
