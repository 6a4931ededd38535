#include "DummyClient/Attack/AttackRun.h"

#include <memory>
#include <utility>

#include <fmt/format.h>

#include "DummyClient/Attack/Attackers.h"
#include "DummyClient/Attack/ClosingTally.h"

namespace loadtest::attack {

using namespace std::chrono_literals;

namespace {

constexpr auto kStep = 5ms;
constexpr auto kBetweenLines = 1s;
// How honest players fare shows in no less.
constexpr auto kShortest = 1s;
constexpr auto kNewcomerTime = 10s;
constexpr auto kBetweenTries = 100ms;
// A name of its own in each attempt, beyond those of the attackers.
constexpr std::size_t kNewcomers = 1'000'000'000;

// Nobody's attacker.
class NoEvents final : public AttackerEvents {};

}  // namespace

AttackRun::AttackRun(AttackPlan plan, const Surroundings& surroundings, Teller teller)
    : plan_(std::move(plan)), surroundings_(surroundings), teller_(std::move(teller)) {}

AttackReport AttackRun::Run() {
    report_ = {.target = plan_.target, .honestPlayers = plan_.honest.players};
    HonestCrowd honest(plan_.settings.server, surroundings_, plan_.honest);
    const auto pause = [this](std::chrono::milliseconds time) { return Pause(time); };
    report_.problem = honest.Enter(pause);
    if (!report_.problem.empty() || report_.isInterrupted) {
        return report_;
    }
    teller_.print(fmt::format("baseline: {} honest players, {}", plan_.honest.players, Seconds(plan_.baseline)));
    if (Pause(plan_.baseline)) {
        return report_;
    }
    report_.baseline = honest.TakePhase(pause);
    for (const AttackKind* kind : plan_.kinds) {
        report_.rows.push_back(RunOne(*kind, honest));
        if (isServerGone_) {
            report_.problem = fmt::format("the server is gone during {}", kind->name);
        }
        if (isServerGone_ || report_.isInterrupted || Pause(plan_.rest)) {
            break;
        }
    }
    return report_;
}

AttackRow AttackRun::RunOne(const AttackKind& kind, HonestCrowd& honest) {
    AttackSettings settings = plan_.settings;
    settings.attackers = plan_.attackers == 0 ? kind.attackers : plan_.attackers;
    teller_.print(fmt::format("{} (rows {}): {} attackers; expected: {}", kind.name, kind.rows, settings.attackers, kind.expected));

    AttackRow row{.name = std::string(kind.name), .rows = std::string(kind.rows), .attackers = settings.attackers};
    const servercore::TimePoint begin = surroundings_.clock.Now();
    const std::unique_ptr<Attack> attack = kind.make(settings, surroundings_);
    row.reason = Fight(*attack, kind, honest);
    const servercore::TimePoint end = surroundings_.clock.Now();
    row.seconds = std::chrono::duration<double>(end - begin).count();
    if (row.reason.empty()) {
        row.finding = attack->Judge(end);
        row.reason = row.finding.reason;
    }
    while (row.reason.empty() && surroundings_.clock.Now() < begin + kShortest && !Pause(kStep)) {
        // The attack is over, its effects need not be.
    }
    row.honest = honest.TakePhase([this](std::chrono::milliseconds time) { return Pause(time); });
    const std::string newcomer = report_.isInterrupted ? std::string() : TryNewcomer();
    isServerGone_ = !newcomer.empty() && honest.Online() == 0;
    for (const std::string& complaint : {isServerGone_ ? fmt::format("the server is gone during {}", kind.name) : std::string(), newcomer,
                                         JudgeHonest(row.honest, report_.baseline, plan_.strictLatency)}) {
        if (row.reason.empty() || (isServerGone_ && complaint.starts_with("the server is gone"))) {
            row.reason = complaint;
        }
    }
    teller_.print(fmt::format("{}: {}; {}", kind.name, row.Passed() ? "PASS" : "FAIL", row.finding.happened));
    return row;
}

// What kept it from its end; empty: nothing did.
std::string AttackRun::Fight(Attack& attack, const AttackKind& kind, HonestCrowd& honest) {
    if (const std::error_code error = attack.Begin()) {
        return fmt::format("the operating system refuses what attackers need: {}", error.message());
    }
    const servercore::TimePoint begin = surroundings_.clock.Now();
    servercore::TimePoint nextLine = begin + kBetweenLines;
    while (!attack.IsOver(surroundings_.clock.Now())) {
        attack.Step(surroundings_.clock.Now());
        if (Pause(kStep)) {
            return "interrupted";
        }
        const servercore::TimePoint now = surroundings_.clock.Now();
        if (now < nextLine) {
            continue;
        }
        nextLine = now + kBetweenLines;
        teller_.print(fmt::format("{} {}: {} | honest online {}, p99 {:.1f} ms", kind.name, Seconds(now - begin), attack.Progress(),
                                  honest.Online(), static_cast<double>(honest.RecentP99Us()) / 1000));
        if (honest.Online() == 0) {
            return "no honest player was left";
        }
    }
    return {};
}

std::string AttackRun::TryNewcomer() {
    NoEvents events;
    AttackSettings settings = plan_.settings;
    settings.attackers = 1;
    settings.from.reset();  // as an honest player
    Attackers newcomers(settings, surroundings_, events);
    if (const std::error_code error = newcomers.Start()) {
        return fmt::format("the operating system refuses what a newcomer needs: {}", error.message());
    }
    const servercore::TimePoint deadline = surroundings_.clock.Now() + kNewcomerTime;
    servercore::CloseInfo last;
    for (std::size_t tries = 0; surroundings_.clock.Now() < deadline; ++tries) {
        const auto newcomer =
            newcomers.Add({.number = tries, .approach = Approach::LoggedIn, .name = AttackerName(settings, kNewcomers + tries)});
        while (newcomer != nullptr && newcomer->GetStage() == Attacker::Stage::Approaching && surroundings_.clock.Now() < deadline) {
            if (Pause(kStep)) {
                return {};
            }
        }
        if (newcomer != nullptr && newcomer->GetStage() == Attacker::Stage::Ready) {
            (void)newcomer->Say(game::protocol::C_Leave());
            return {};
        }
        for (const auto& gone : newcomers.TakeGone()) {
            last = gone->HowItEnded();
        }
        if (Pause(kBetweenTries)) {
            return {};
        }
    }
    return fmt::format("afterwards nobody new got in any more ({})", servercore::ToString(last.reason));
}

bool AttackRun::Pause(std::chrono::milliseconds time) {
    report_.isInterrupted = teller_.pause(time) || report_.isInterrupted;
    return report_.isInterrupted;
}

}  // namespace loadtest::attack
