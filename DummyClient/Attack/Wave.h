#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "DummyClient/Attack/AttackSettings.h"
#include "DummyClient/Attack/Attackers.h"
#include "DummyClient/Attack/ClosingTally.h"

namespace loadtest::attack {

// Attackers who come once, all at the beginning, and whom the server has to throw out within a deadline.
// Owner: an attack, as its last member.  Threads: its owner's.
class Wave {
public:
    struct Plan {
        std::function<Attacker::Plan(std::size_t)> attacker;            // by number
        std::function<servercore::Duration(const Attacker&)> deadline;  // since it was ready, without the margin
    };

    Wave(const AttackSettings& settings, const Surroundings& surroundings, AttackerEvents& events, Plan plan);

    [[nodiscard]] std::error_code Begin(servercore::TimePoint now);
    void Step(servercore::TimePoint now);
    // All have come, and all are gone or should be.
    [[nodiscard]] bool IsOver(servercore::TimePoint now) const;
    [[nodiscard]] Finding Judge();
    [[nodiscard]] std::string Progress() const;

    [[nodiscard]] const Attackers& Members() const noexcept { return attackers_; }

private:
    [[nodiscard]] servercore::Duration LimitOf(const Attacker& attacker) const;

    const AttackSettings settings_;
    const Plan plan_;
    servercore::TimePoint lastCame_{};
    std::size_t come_ = 0;
    ClosingTally tally_;
    Attackers attackers_;
};

}  // namespace loadtest::attack
