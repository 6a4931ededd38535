#pragma once

#include "DummyClient/Attack/Attack.h"
#include "DummyClient/Attack/Wave.h"

namespace loadtest::attack {

// Slowloris: a byte now and then of a packet that never ends. Every other attacker has logged in before.
class TrickleAttack final : public Attack, private AttackerEvents {
public:
    TrickleAttack(const AttackSettings& settings, const Surroundings& surroundings);

    [[nodiscard]] std::error_code Begin() override;
    void Step(servercore::TimePoint now) override;
    [[nodiscard]] bool IsOver(servercore::TimePoint now) const override { return wave_.IsOver(now); }
    [[nodiscard]] Finding Judge(servercore::TimePoint /*now*/) override { return wave_.Judge(); }
    [[nodiscard]] std::string Progress() const override { return wave_.Progress(); }

private:
    void OnReady(Attacker& attacker) override;

    const Surroundings surroundings_;
    const servercore::Duration interval_;  // between two bytes of one attacker
    servercore::TimePoint nextDrop_{};
    Wave wave_;
};

}  // namespace loadtest::attack
