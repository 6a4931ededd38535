#include "DummyClient/Attack/CoalesceAttack.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "DummyClient/Attack/Packets.h"

namespace loadtest::attack {

using namespace std::chrono_literals;

namespace {

// Time for the server's budget to fill up again: a rate of half the burst per second.
constexpr auto kBetweenBursts = 2s;
constexpr auto kPatience = 5s;
// The rest of the budget is for what came before: hello, login and the way into the zone.
constexpr double kShareOfBudget = 0.75;

}  // namespace

CoalesceAttack::CoalesceAttack(const AttackSettings& settings, const Surroundings& surroundings)
    : settings_(settings),
      surroundings_(surroundings),
      schedules_(settings.attackers),
      pings_(settings.attackers),
      attackers_(settings, surroundings, *this) {}

std::error_code CoalesceAttack::Begin() {
    end_ = surroundings_.clock.Now() + settings_.duration;
    return attackers_.Start();
}

void CoalesceAttack::Step(servercore::TimePoint now) {
    std::size_t come = attackers_.All().size() + attackers_.WithoutSocket() + gone_;
    for (std::size_t due = attackers_.Due(now); due > 0 && come < settings_.attackers; --due) {
        const std::size_t number = come++;
        (void)attackers_.Add({.number = number, .approach = Approach::InZone, .name = AttackerName(settings_, number)});
    }
    gone_ += attackers_.TakeGone().size();
    for (const auto& attacker : attackers_.All()) {
        Schedule& schedule = schedules_[attacker->GetPlan().number];
        if (attacker->GetStage() == Attacker::Stage::Ready && now >= schedule.next && (now < end_ || schedule.moves == 0)) {
            schedule.next = now + kBetweenBursts;
            SendBurst(*attacker);
        }
    }
}

void CoalesceAttack::SendBurst(Attacker& attacker) {
    Schedule& schedule = schedules_[attacker.GetPlan().number];
    ByteList burst;
    game::protocol::C_Move move;
    move.set_x(attacker.X());
    move.set_y(attacker.Y());
    for (auto packets = static_cast<std::size_t>(kShareOfBudget * settings_.burst); packets > 1; --packets) {
        move.set_sequence(++schedule.moves);
        AppendMessage(burst, move);
    }
    AppendPing(burst, pings_.Ask(attacker));
    (void)attacker.SendBytes(burst);
}

bool CoalesceAttack::IsOver(servercore::TimePoint now) const {
    const bool areAllGone = gone_ > 0 && attackers_.All().empty();
    const bool haveAllAsked = std::ranges::all_of(schedules_, [](const Schedule& schedule) { return schedule.moves > 0; });
    return areAllGone || (now >= end_ && haveAllAsked && pings_.IsAllAnswered()) || now >= end_ + kPatience + settings_.margin;
}

Finding CoalesceAttack::Judge(servercore::TimePoint /*now*/) {
    Finding finding = pings_.Judge(attackers_, gone_);
    finding.happened += fmt::format(", each behind {:.0f} moves", kShareOfBudget * settings_.burst - 1);
    return finding;
}

std::string CoalesceAttack::Progress() const {
    return fmt::format("open {}, gone {}", attackers_.Open(), gone_);
}

}  // namespace loadtest::attack
