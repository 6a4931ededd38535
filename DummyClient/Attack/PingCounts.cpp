#include "DummyClient/Attack/PingCounts.h"

#include <algorithm>

#include <fmt/format.h>

#include "DummyClient/Attack/Packets.h"

namespace loadtest::attack {

std::uint64_t PingCounts::Ask(const Attacker& attacker) {
    return counts_[attacker.GetPlan().number].asked.fetch_add(1) + 1;
}

void PingCounts::OnPacket(const Attacker& attacker, const servercore::PacketView& packet) {
    if (const auto number = AnsweredPing(packet)) {
        Count& count = counts_[attacker.GetPlan().number];
        const std::uint64_t expected = count.answered.fetch_add(1) + 1;
        if (*number != expected) {
            count.isOutOfOrder.store(true);
        }
    }
}

bool PingCounts::IsAllAnswered() const {
    return std::ranges::all_of(counts_, [](const Count& count) { return count.asked.load() == count.answered.load(); });
}

Finding PingCounts::Judge(const Attackers& attackers, std::size_t gone) const {
    std::uint64_t asked = 0;
    std::uint64_t answered = 0;
    std::size_t outOfOrder = 0;
    for (const Count& count : counts_) {
        asked += count.asked.load();
        answered += count.answered.load();
        outOfOrder += count.isOutOfOrder.load() ? 1U : 0U;
    }
    Finding finding;
    finding.happened = fmt::format("{} of {} pings answered", answered, asked);
    if (attackers.WithoutSocket() > 0) {
        finding.reason = attackers.SocketComplaint();
    } else if (gone > 0) {
        finding.reason = fmt::format("{} clients that kept to the rules were disconnected", gone);
    } else if (asked == 0) {
        finding.reason = "no attacker got as far as to ask; is the server full?";
    } else if (answered != asked || outOfOrder > 0) {
        finding.reason =
            fmt::format("{} pings were not answered, {} clients got answers out of order", asked - std::min(asked, answered), outOfOrder);
    }
    finding.passed = finding.reason.empty();
    return finding;
}

}  // namespace loadtest::attack
