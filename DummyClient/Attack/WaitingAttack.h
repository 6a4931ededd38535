#pragma once

#include "DummyClient/Attack/Attack.h"
#include "DummyClient/Attack/Wave.h"

namespace loadtest::attack {

// Come in and do nothing: `silent` never says a word, `half-open` logs in, enters a zone and is then as if its cable had been cut.
class WaitingAttack final : public Attack, private AttackerEvents {
public:
    WaitingAttack(const AttackSettings& settings, const Surroundings& surroundings, Approach approach, servercore::Duration deadline);

    [[nodiscard]] std::error_code Begin() override { return wave_.Begin(surroundings_.clock.Now()); }
    void Step(servercore::TimePoint now) override { wave_.Step(now); }
    [[nodiscard]] bool IsOver(servercore::TimePoint now) const override { return wave_.IsOver(now); }
    [[nodiscard]] Finding Judge(servercore::TimePoint /*now*/) override { return wave_.Judge(); }
    [[nodiscard]] std::string Progress() const override { return wave_.Progress(); }

private:
    const Surroundings surroundings_;
    Wave wave_;
};

}  // namespace loadtest::attack
