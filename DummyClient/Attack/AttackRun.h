#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "DummyClient/Attack/AttackReport.h"
#include "DummyClient/Attack/AttackSettings.h"
#include "DummyClient/Attack/Catalogue.h"
#include "DummyClient/Attack/HonestCrowd.h"

namespace loadtest::attack {

struct AttackPlan {
    std::string target;  // as the tester wrote it
    std::vector<const AttackKind*> kinds;
    AttackSettings settings;    // but for the number of attackers
    std::size_t attackers = 0;  // 0: as many as each kind likes
    HonestCrowd::Options honest;
    std::chrono::milliseconds baseline{10000};
    std::chrono::milliseconds rest{2000};  // between two attacks
    bool strictLatency = false;
};

// Attacks, one after the other, while honest players play.
// Owner: the attack command, or a test.  Threads: its owner's; it blocks.
class AttackRun {
public:
    // `pause` sleeps, and returns true when the tester wants an end; `print` takes a line of progress.
    struct Teller {
        HonestCrowd::Pause pause;
        std::function<void(const std::string&)> print;
    };

    // `surroundings` and what they refer to outlive it.
    AttackRun(AttackPlan plan, const Surroundings& surroundings, Teller teller);

    [[nodiscard]] AttackReport Run();

private:
    [[nodiscard]] AttackRow RunOne(const AttackKind& kind, HonestCrowd& honest);
    [[nodiscard]] std::string Fight(Attack& attack, const AttackKind& kind, HonestCrowd& honest);
    // Whether somebody new gets in; what is wrong if not.
    [[nodiscard]] std::string TryNewcomer();
    [[nodiscard]] bool Pause(std::chrono::milliseconds time);

    const AttackPlan plan_;
    const Surroundings surroundings_;
    const Teller teller_;
    AttackReport report_;
    bool isServerGone_ = false;
};

}  // namespace loadtest::attack
