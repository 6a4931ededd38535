#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "DummyClient/Attack/Attack.h"
#include "DummyClient/Attack/Attackers.h"
#include "DummyClient/Attack/PingCounts.h"

namespace loadtest::attack {

// By the rules, but hundreds of packets in one segment: moves on the spot, as many as a client may send at once, and a ping behind them.
// The server has to take them all, and to let nobody else wait for it.
class CoalesceAttack final : public Attack, private AttackerEvents {
public:
    CoalesceAttack(const AttackSettings& settings, const Surroundings& surroundings);

    [[nodiscard]] std::error_code Begin() override;
    void Step(servercore::TimePoint now) override;
    [[nodiscard]] bool IsOver(servercore::TimePoint now) const override;
    [[nodiscard]] Finding Judge(servercore::TimePoint now) override;
    [[nodiscard]] std::string Progress() const override;

private:
    // Of one attacker.
    struct Schedule {
        servercore::TimePoint next{};
        std::uint32_t moves = 0;
    };

    void OnPacket(Attacker& attacker, const servercore::PacketView& packet) override { pings_.OnPacket(attacker, packet); }
    void SendBurst(Attacker& attacker);

    const AttackSettings settings_;
    const Surroundings surroundings_;
    servercore::TimePoint end_{};
    std::size_t gone_ = 0;
    std::vector<Schedule> schedules_;  // by the attacker's number
    PingCounts pings_;
    Attackers attackers_;
};

}  // namespace loadtest::attack
