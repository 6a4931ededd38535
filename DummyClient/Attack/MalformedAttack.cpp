#include "DummyClient/Attack/MalformedAttack.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "DummyClient/Attack/MalformedKinds.h"
#include "DummyClient/Scenario/Mix.h"

namespace loadtest::attack {

namespace {

const MalformedKind& KindOf(std::size_t number) noexcept {
    return MalformedKinds()[number % MalformedKinds().size()];
}

void Complain(Finding& finding, const std::string& complaint) {
    finding.passed = false;
    finding.reason += (finding.reason.empty() ? "" : "; ") + complaint;
}

}  // namespace

MalformedAttack::MalformedAttack(const AttackSettings& settings, const Surroundings& surroundings)
    : settings_(settings), surroundings_(surroundings), attackers_(settings, surroundings, *this) {
    for (const MalformedKind& kind : MalformedKinds()) {
        untried_.insert(kind.name);
    }
}

std::error_code MalformedAttack::Begin() {
    end_ = surroundings_.clock.Now() + settings_.duration;
    return attackers_.Start();
}

void MalformedAttack::Step(servercore::TimePoint now) {
    for (const auto& attacker : attackers_.TakeGone()) {
        Count(*attacker);
    }
    // Each kind comes once at least, however short the attack.
    const bool goesOn = now < end_ || come_ < MalformedKinds().size();
    for (std::size_t due = attackers_.Due(now); goesOn && due > 0 && attackers_.All().size() < settings_.attackers; --due) {
        const std::size_t number = come_++;
        (void)attackers_.Add({.number = number, .approach = KindOf(number).approach, .name = AttackerName(settings_, number), .zone = 1});
    }
}

void MalformedAttack::OnReady(Attacker& attacker) {
    const std::size_t number = attacker.GetPlan().number;
    ByteList bytes;
    KindOf(number).make(bytes, Mix(settings_.seed + number));
    (void)attacker.SendBytes(bytes);
}

void MalformedAttack::Count(const Attacker& attacker) {
    const MalformedKind& kind = KindOf(attacker.GetPlan().number);
    tally_.Add(attacker, settings_.margin);
    if (attacker.BytesReceived() > 0 && !kind.mayBeAnswered) {
        ++answered_;
        answers_.insert(kind.name);
    }
    if (attacker.WasReady()) {
        untried_.erase(kind.name);
    }
    if (attacker.WasReady() && attacker.EndedAt() - attacker.ReadyAt() > settings_.margin) {
        patience_.insert(kind.name);
    }
}

bool MalformedAttack::IsOver(servercore::TimePoint now) const {
    const bool isRoomLeft = attackers_.All().size() < settings_.attackers;
    if (now < end_ || (come_ < MalformedKinds().size() && isRoomLeft)) {
        return false;
    }
    const bool areAllOverdue = std::ranges::all_of(attackers_.All(), [&](const auto& attacker) {
        return attacker->GetStage() == Attacker::Stage::Ready && now > attacker->ReadyAt() + settings_.margin;
    });
    return areAllOverdue || now > end_ + settings_.deadlines.firstPacket + settings_.margin;
}

Finding MalformedAttack::Judge(servercore::TimePoint /*now*/) {
    for (const auto& attacker : attackers_.All()) {
        if (attacker->GetStage() == Attacker::Stage::Ready) {
            tally_.AddOpen();
            patience_.insert(KindOf(attacker->GetPlan().number).name);
        }
    }
    Finding finding = tally_.Judge(attackers_);
    finding.happened += fmt::format(", {} kinds, strangers answered {}", MalformedKinds().size(), answered_);
    if (!finding.passed && !patience_.empty()) {
        finding.reason += fmt::format(" ({})", fmt::join(patience_, ", "));
    }
    if (answered_ > 0) {
        Complain(finding, fmt::format("{} strangers got an answer ({})", answered_, fmt::join(answers_, ", ")));
    }
    if (!untried_.empty()) {
        Complain(finding, fmt::format("some kinds never got as far as to be sent ({})", fmt::join(untried_, ", ")));
    }
    return finding;
}

std::string MalformedAttack::Progress() const {
    return fmt::format("open {}, closed {}", attackers_.Open(), tally_.Closed());
}

}  // namespace loadtest::attack
