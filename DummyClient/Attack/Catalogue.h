#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "DummyClient/Attack/Attack.h"
#include "DummyClient/Attack/AttackSettings.h"

namespace loadtest::attack {

// An attack that a tester can ask for.
struct AttackKind {
    std::string_view name;
    std::string_view rows;      // of the catalogue of attacks and faults that it stands for
    std::string_view expected;  // of the server
    std::size_t attackers = 0;  // at a time, unless the tester says otherwise
    std::unique_ptr<Attack> (*make)(const AttackSettings& settings, const Surroundings& surroundings) = nullptr;
};

// In the order in which --all runs them.
[[nodiscard]] std::span<const AttackKind> AllAttacks() noexcept;

// nullptr: there is none of that name.
[[nodiscard]] const AttackKind* FindAttack(std::string_view name) noexcept;

// A line for each.
[[nodiscard]] std::string ListAttacks();

}  // namespace loadtest::attack
