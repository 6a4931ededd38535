#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "DummyClient/Attack/Attack.h"
#include "DummyClient/Attack/Attackers.h"

namespace loadtest::attack {

// Pings of attackers who keep to the rules, though in an unusual way: each is numbered from 1 and has to be answered, in order.
// Owner: an attack.  Threads: safe from any.
class PingCounts {
public:
    explicit PingCounts(std::size_t attackers) : counts_(attackers) {}

    // Its number.
    [[nodiscard]] std::uint64_t Ask(const Attacker& attacker);
    void OnPacket(const Attacker& attacker, const servercore::PacketView& packet);

    [[nodiscard]] bool IsAllAnswered() const;
    // Passed when all were answered and all the attackers are still there.
    [[nodiscard]] Finding Judge(const Attackers& attackers, std::size_t gone) const;

private:
    struct Count {
        std::atomic<std::uint64_t> asked = 0;
        std::atomic<std::uint64_t> answered = 0;
        std::atomic<bool> isOutOfOrder = false;
    };

    std::vector<Count> counts_;  // by the attacker's number
};

}  // namespace loadtest::attack
