#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "DummyClient/Attack/Attack.h"
#include "DummyClient/Attack/Attackers.h"
#include "DummyClient/Attack/ClosingTally.h"

namespace loadtest::attack {

// All that is no protocol (MalformedKinds.h), each kind in turn, by so many attackers at a time; who is thrown out comes back with the
// next. The server has to close at once, and to say nothing to whom it does not know.
class MalformedAttack final : public Attack, private AttackerEvents {
public:
    MalformedAttack(const AttackSettings& settings, const Surroundings& surroundings);

    [[nodiscard]] std::error_code Begin() override;
    void Step(servercore::TimePoint now) override;
    [[nodiscard]] bool IsOver(servercore::TimePoint now) const override;
    [[nodiscard]] Finding Judge(servercore::TimePoint now) override;
    [[nodiscard]] std::string Progress() const override;

private:
    void OnReady(Attacker& attacker) override;
    void Count(const Attacker& attacker);

    const AttackSettings settings_;
    const Surroundings surroundings_;
    servercore::TimePoint end_{};
    std::size_t come_ = 0;
    std::size_t answered_ = 0;             // strangers who were
    std::set<std::string_view> answers_;   // to which kinds
    std::set<std::string_view> patience_;  // which kinds were not closed in time
    std::set<std::string_view> untried_;   // kinds that nobody has sent yet
    ClosingTally tally_;
    Attackers attackers_;
};

}  // namespace loadtest::attack
