#pragma once

#include <atomic>
#include <cstddef>
#include <string>

#include "DummyClient/Attack/Attack.h"
#include "DummyClient/Attack/Attackers.h"
#include "DummyClient/Attack/ClosingTally.h"

namespace loadtest::attack {

// Takes the resume token of a player who has said farewell and presents it again, among tokens that it has made up. None may be taken, and
// the connection has to end after a few. What is not judged: a token that is stolen while its player lives is as good as the player's own.
class ReplayAttack final : public Attack, private AttackerEvents {
public:
    ReplayAttack(const AttackSettings& settings, const Surroundings& surroundings);

    [[nodiscard]] std::error_code Begin() override;
    void Step(servercore::TimePoint now) override;
    [[nodiscard]] bool IsOver(servercore::TimePoint now) const override;
    [[nodiscard]] Finding Judge(servercore::TimePoint now) override;
    [[nodiscard]] std::string Progress() const override;

private:
    void OnReady(Attacker& attacker) override;
    void OnPacket(Attacker& attacker, const servercore::PacketView& packet) override;

    const AttackSettings settings_;
    const Surroundings surroundings_;
    servercore::TimePoint end_{};
    std::size_t come_ = 0;
    std::atomic<std::size_t> refused_ = 0;
    std::atomic<std::size_t> accepted_ = 0;
    ClosingTally tally_;  // of those who presented tokens
    Attackers attackers_;
};

}  // namespace loadtest::attack
