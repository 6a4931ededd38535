#include "DummyClient/Attack/Wave.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

namespace loadtest::attack {

using namespace std::chrono_literals;

namespace {

// From the last connect until everybody has come as far as the attack, or never will.
constexpr auto kApproachTime = 15s;

}  // namespace

Wave::Wave(const AttackSettings& settings, const Surroundings& surroundings, AttackerEvents& events, Plan plan)
    : settings_(settings), plan_(std::move(plan)), attackers_(settings, surroundings, events) {}

std::error_code Wave::Begin(servercore::TimePoint now) {
    lastCame_ = now;
    return attackers_.Start();
}

void Wave::Step(servercore::TimePoint now) {
    for (std::size_t due = attackers_.Due(now); due > 0 && come_ < settings_.attackers; --due) {
        (void)attackers_.Add(plan_.attacker(come_++));
        lastCame_ = now;
    }
    for (const auto& attacker : attackers_.TakeGone()) {
        tally_.Add(*attacker, LimitOf(*attacker));
    }
}

bool Wave::IsOver(servercore::TimePoint now) const {
    return come_ == settings_.attackers && std::ranges::all_of(attackers_.All(), [&](const auto& attacker) {
               switch (attacker->GetStage()) {
                   case Attacker::Stage::Approaching: return now > lastCame_ + kApproachTime;
                   case Attacker::Stage::Ready: return now > attacker->ReadyAt() + LimitOf(*attacker);
                   case Attacker::Stage::Gone: break;
               }
               return false;  // to be counted first
           });
}

Finding Wave::Judge() {
    for (std::size_t i = attackers_.Open(); i > 0; --i) {
        tally_.AddOpen();
    }
    return tally_.Judge(attackers_);
}

std::string Wave::Progress() const {
    return fmt::format("open {}, closed {}", attackers_.Open(), tally_.Closed());
}

servercore::Duration Wave::LimitOf(const Attacker& attacker) const {
    return plan_.deadline(attacker) + settings_.margin;
}

}  // namespace loadtest::attack
