#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "ServerCore/Base/Clock.h"
#include "ServerCore/Packet/PacketVerdict.h"

namespace game {

// How many packets were not accepted, by verdict.
// Owner: GameServer.  Threads: safe from any; each count stands for itself.
class OffenceCounts {
public:
    void Count(servercore::PacketVerdict verdict) noexcept { CountOf(verdict).fetch_add(1, std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t Of(servercore::PacketVerdict verdict) const noexcept {
        return counts_[static_cast<std::size_t>(verdict)].load(std::memory_order_relaxed);
    }

private:
    [[nodiscard]] std::atomic<std::uint64_t>& CountOf(servercore::PacketVerdict verdict) noexcept {
        return counts_[static_cast<std::size_t>(verdict)];
    }

    std::array<std::atomic<std::uint64_t>, servercore::kPacketVerdictCount> counts_{};
};

// One line, "offences key=value ...".
[[nodiscard]] std::string ToString(const OffenceCounts& counts);

// When one player sent what is no packet. A broken client may do so now and then, an attacker does nothing else: three within a minute are
// too many.
// Owner: GameSession.  Threads: confined to its callbacks.
class OffenceWindow {
public:
    static constexpr std::chrono::minutes kPeriod{1};

    // One more, now. True: the third within the period.
    [[nodiscard]] bool IsTooMany(servercore::TimePoint now) noexcept;

private:
    std::optional<servercore::TimePoint> last_;
    std::optional<servercore::TimePoint> lastButOne_;
};

}  // namespace game
