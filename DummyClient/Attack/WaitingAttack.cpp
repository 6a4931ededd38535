#include "DummyClient/Attack/WaitingAttack.h"

namespace loadtest::attack {

WaitingAttack::WaitingAttack(const AttackSettings& settings, const Surroundings& surroundings, Approach approach,
                             servercore::Duration deadline)
    : surroundings_(surroundings),
      wave_(settings, surroundings, *this,
            {.attacker =
                 [=](std::size_t number) {
                     return Attacker::Plan{.number = number, .approach = approach, .name = AttackerName(settings, number)};
                 },
             .deadline = [=](const Attacker&) { return deadline; }}) {}

}  // namespace loadtest::attack
