#include "DummyClient/Attack/ConnectionAttacks.h"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>

namespace loadtest::attack {

// --- Resets ------------------------------------------------------------------------------------------------------------

ResetStorm::ResetStorm(const AttackSettings& settings, const Surroundings& surroundings)
    : settings_(settings), surroundings_(surroundings), attackers_(settings, surroundings, *this) {}

std::error_code ResetStorm::Begin() {
    end_ = surroundings_.clock.Now() + settings_.duration;
    return attackers_.Start();
}

void ResetStorm::OnReady(Attacker& attacker) {
    resets_.fetch_add(1, std::memory_order_relaxed);
    attacker.Abort(servercore::CloseReason::LocalClose);
}

void ResetStorm::Step(servercore::TimePoint now) {
    for (const auto& attacker : attackers_.TakeGone()) {
        refused_ += attacker->HowItEnded().error == std::errc::connection_refused ? 1U : 0U;
    }
    for (std::size_t due = attackers_.Due(now); now < end_ && due > 0 && attackers_.All().size() < settings_.attackers; --due) {
        (void)attackers_.Add({.number = come_++});
    }
}

bool ResetStorm::IsOver(servercore::TimePoint now) const {
    return now >= end_ && (attackers_.All().empty() || now >= end_ + settings_.margin);
}

Finding ResetStorm::Judge(servercore::TimePoint /*now*/) {
    Finding finding{.passed = false, .happened = fmt::format("{} resets", resets_.load()), .reason = {}};
    if (attackers_.WithoutSocket() > 0) {
        finding.reason = attackers_.SocketComplaint();
    } else if (refused_ > 0) {
        finding.reason = fmt::format("{} connections were refused: nobody listened any more", refused_);
    } else if (resets_.load() == 0) {
        finding.reason = "nobody got as far as to connect";
    }
    finding.passed = finding.reason.empty();
    return finding;
}

std::string ResetStorm::Progress() const {
    return fmt::format("resets {}", resets_.load());
}

// --- Many connections --------------------------------------------------------------------------------------------------

ConnectionFlood::ConnectionFlood(const AttackSettings& settings, const Surroundings& surroundings)
    : settings_(settings),
      surroundings_(surroundings),
      expected_(settings.cap == 0 ? settings.attackers : std::min(settings.cap, settings.attackers)),
      attackers_(settings, surroundings, *this) {}

std::error_code ConnectionFlood::Begin() {
    end_ = surroundings_.clock.Now() + settings_.duration;
    return attackers_.Start();
}

void ConnectionFlood::Step(servercore::TimePoint now) {
    for (const auto& attacker : attackers_.TakeGone()) {
        if (!attacker->WasReady()) {
            ++refused_;
        } else if (attacker->EndedAt() - attacker->ReadyAt() < settings_.deadlines.idle) {
            ++lost_;
        }
    }
    const bool goesOn = now < end_ || come_ < settings_.attackers;
    for (std::size_t due = attackers_.Due(now); goesOn && due > 0 && attackers_.All().size() < settings_.attackers; --due) {
        (void)attackers_.Add({.number = come_++, .approach = Approach::Greeted});
    }
    most_ = std::max(most_, attackers_.Open());
}

bool ConnectionFlood::IsOver(servercore::TimePoint now) const {
    const bool areAllDecided = come_ >= settings_.attackers && std::ranges::none_of(attackers_.All(), [](const auto& attacker) {
                                   return attacker->GetStage() == Attacker::Stage::Approaching;
                               });
    return now >= end_ && (areAllDecided || now >= end_ + settings_.margin);
}

Finding ConnectionFlood::Judge(servercore::TimePoint /*now*/) {
    Finding finding{
        .passed = false, .happened = fmt::format("{} connections, at most {} held, {} refused", come_, most_, refused_), .reason = {}};
    if (attackers_.WithoutSocket() > 0) {
        finding.reason = attackers_.SocketComplaint();
    } else if (most_ > expected_) {
        finding.reason = fmt::format("{} connections were held, over the cap of {}", most_, expected_);
    } else if (most_ < expected_) {
        finding.reason = settings_.cap == 0 ? fmt::format("only {} of {} were served, though no --cap was named", most_, expected_)
                                            : fmt::format("only {} connections were held, the cap is {}", most_, expected_);
    } else if (lost_ > 0) {
        finding.reason = fmt::format("{} connections were closed that had been let in", lost_);
    }
    finding.passed = finding.reason.empty();
    return finding;
}

std::string ConnectionFlood::Progress() const {
    return fmt::format("held {}, refused {}", attackers_.Open(), refused_);
}

}  // namespace loadtest::attack
