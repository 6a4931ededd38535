#include "DummyClient/Attack/FragmentAttack.h"

#include <algorithm>
#include <chrono>
#include <span>

#include <fmt/format.h>

namespace loadtest::attack {

using namespace std::chrono_literals;

namespace {

// Longer than a flush of the sender: each byte travels alone.
constexpr auto kBetweenBytes = 10ms;
// For the answers to what was sent last.
constexpr auto kPatience = 5s;

}  // namespace

FragmentAttack::FragmentAttack(const AttackSettings& settings, const Surroundings& surroundings)
    : settings_(settings),
      surroundings_(surroundings),
      streams_(settings.attackers),
      pings_(settings.attackers),
      attackers_(settings, surroundings, *this) {
    for (std::size_t number = 0; number < streams_.size(); ++number) {
        AppendHello(streams_[number].bytes);
        AppendLogin(streams_[number].bytes, AttackerName(settings, number));
    }
}

std::error_code FragmentAttack::Begin() {
    nextByte_ = surroundings_.clock.Now();
    end_ = nextByte_ + settings_.duration;
    return attackers_.Start();
}

void FragmentAttack::Step(servercore::TimePoint now) {
    std::size_t come = attackers_.All().size() + attackers_.WithoutSocket() + gone_;
    for (std::size_t due = attackers_.Due(now); due > 0 && come < settings_.attackers; --due) {
        (void)attackers_.Add({.number = come++});
    }
    gone_ += attackers_.TakeGone().size();
    isEnding_ = now >= end_;
    if (now < nextByte_) {
        return;
    }
    nextByte_ = now + kBetweenBytes;
    for (const auto& attacker : attackers_.All()) {
        if (attacker->GetStage() == Attacker::Stage::Ready) {
            SendByte(*attacker);
        }
    }
}

void FragmentAttack::SendByte(Attacker& attacker) {
    Stream& stream = streams_[attacker.GetPlan().number];
    if (stream.sent == stream.bytes.size()) {
        if (isEnding_ && stream.hasAsked) {
            return;
        }
        stream = {.bytes = {}, .sent = 0, .hasAsked = true};
        AppendPing(stream.bytes, pings_.Ask(attacker));
    }
    (void)attacker.SendBytes(std::span(stream.bytes).subspan(stream.sent++, 1));
}

bool FragmentAttack::IsOver(servercore::TimePoint now) const {
    const bool isSaid =
        std::ranges::all_of(streams_, [](const Stream& stream) { return stream.hasAsked && stream.sent == stream.bytes.size(); });
    const bool areAllGone = gone_ > 0 && attackers_.All().empty();
    return areAllGone || (now >= end_ && isSaid && pings_.IsAllAnswered()) || now >= end_ + kPatience + settings_.margin;
}

Finding FragmentAttack::Judge(servercore::TimePoint /*now*/) {
    return pings_.Judge(attackers_, gone_);
}

std::string FragmentAttack::Progress() const {
    return fmt::format("open {}, gone {}", attackers_.Open(), gone_);
}

}  // namespace loadtest::attack
