#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "ServerCore/Base/Clock.h"
#include "ServerCore/Net/PacketFramer.h"
#include "ServerCore/Net/PacketPolicer.h"
#include "ServerCore/Net/Session.h"

namespace servercore {

// A session that speaks packets (Protocol/STANDARD.md). A size field that cannot be right ends the session; more packets than
// SessionLimits allows make it wait, or end it.
class PacketSession : public Session {
public:
    // The next `packets` of this id are no charge on the peer's budget, because the game is about to provoke them. From any thread.
    void Grant(std::uint16_t id, std::uint32_t packets);

protected:
    // The body is valid during the call. Same rules as Session's callbacks. Not called any more once the session is not Open.
    virtual void OnPacket(const PacketView& packet) = 0;

private:
    class Turn;

    void OnBound() final;
    void OnReceived(ConstBytes /*bytes*/) final {}
    std::size_t Consume(ConstBytes bytes) final;
    void AddTo(SessionTotals& totals) const final;
    [[nodiscard]] bool IsWithinBudget(const PacketView& packet);

    std::optional<PacketFramer> framer_;      // from OnBound on
    std::unique_ptr<PacketPolicer> policer_;  // likewise; nullptr: no limits
};

}  // namespace servercore
