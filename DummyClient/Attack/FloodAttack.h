#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "DummyClient/Attack/Attack.h"
#include "DummyClient/Attack/Wave.h"

namespace loadtest::attack {

// Legal packets, far more of them than the protocol allows: pings from the zone. The server has to answer no more of them than its budget
// allows, and then to close.
class FloodAttack final : public Attack, private AttackerEvents {
public:
    FloodAttack(const AttackSettings& settings, const Surroundings& surroundings);

    [[nodiscard]] std::error_code Begin() override;
    void Step(servercore::TimePoint now) override;
    [[nodiscard]] bool IsOver(servercore::TimePoint now) const override { return wave_.IsOver(now); }
    [[nodiscard]] Finding Judge(servercore::TimePoint now) override;
    [[nodiscard]] std::string Progress() const override { return wave_.Progress(); }

private:
    void OnPacket(Attacker& attacker, const servercore::PacketView& packet) override;

    const AttackSettings settings_;
    const Surroundings surroundings_;
    std::vector<std::byte> volley_;
    servercore::TimePoint nextVolley_{};
    std::vector<std::atomic<std::uint32_t>> answered_;  // pings, by attacker
    Wave wave_;
};

}  // namespace loadtest::attack
