#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "DummyClient/Attack/Attack.h"
#include "DummyClient/Attack/HonestCrowd.h"

namespace loadtest::attack {

// One attack, and how honest players fared meanwhile.
struct AttackRow {
    std::string name;
    std::string rows;  // of the catalogue
    std::size_t attackers = 0;
    double seconds = 0;
    Finding finding{};
    HonestPhase honest{};
    std::string reason{};  // why it failed; empty: it passed

    [[nodiscard]] bool Passed() const noexcept { return reason.empty(); }
};

struct AttackReport {
    std::string target;
    std::string assumed{};  // of the server's configuration
    std::size_t honestPlayers = 0;
    HonestPhase baseline{};
    std::vector<AttackRow> rows{};
    bool isInterrupted = false;
    std::string problem{};  // why not all attacks took place; empty when they did

    [[nodiscard]] bool Passed() const noexcept;
};

// The 99th percentile that rule H of the catalogue allows, in microseconds.
[[nodiscard]] std::int64_t AllowedP99Us(std::int64_t baselineUs) noexcept;

// What is wrong with how honest players fared; empty: nothing. `isStrict`: their latency counts, too.
[[nodiscard]] std::string JudgeHonest(const HonestPhase& during, const HonestPhase& baseline, bool isStrict);

// For a terminal.
[[nodiscard]] std::string ToTable(const AttackReport& report);
// For programs; `version`: of this one.
[[nodiscard]] std::string ToJson(const AttackReport& report, const std::string& version);

}  // namespace loadtest::attack
