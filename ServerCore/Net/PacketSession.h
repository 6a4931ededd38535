#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "ServerCore/Base/Clock.h"
#include "ServerCore/Net/PacketFramer.h"
#include "ServerCore/Net/Session.h"

namespace servercore {

// Tokens for packets: a steady rate with room for a burst.
// Owner: PacketSession.  Threads: confined to the receive chain.
class PacketBudget {
public:
    // A rate of 0 allows everything. A burst below 1 counts as 1: no packet would ever pass.
    PacketBudget(double packetsPerSecond, double burst, const Clock& clock) noexcept
        : clock_(clock), rate_(packetsPerSecond), burst_(std::max(burst, 1.0)), tokens_(burst_), last_(clock.Now()) {}

    [[nodiscard]] bool TryTake() noexcept;

private:
    const Clock& clock_;
    double rate_;
    double burst_;
    double tokens_;
    TimePoint last_;
};

// A session that speaks packets (Protocol/STANDARD.md). A size field that cannot be right, or more packets than
// SessionLimits allows, ends the session.
class PacketSession : public Session, private PacketSink {
protected:
    // The body is valid during the call. Same rules as Session's callbacks. Not called any more once the session is not Open.
    virtual void OnPacket(const PacketView& packet) = 0;

private:
    void OnReceived(ConstBytes bytes) final;
    bool OnFramedPacket(const PacketView& packet) final;

    std::optional<PacketFramer> framer_;  // made with the first bytes, when the limits are known
    std::optional<PacketBudget> budget_;
};

}  // namespace servercore
