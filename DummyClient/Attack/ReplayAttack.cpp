#include "DummyClient/Attack/ReplayAttack.h"

#include <algorithm>
#include <cstring>
#include <string>

#include <fmt/format.h>

#include "DummyClient/Attack/Packets.h"
#include "DummyClient/Scenario/Mix.h"

namespace loadtest::attack {

namespace protocol = game::protocol;

namespace {

// More than a server may refuse before it closes.
constexpr std::size_t kTokens = 8;

// As long as a real one, and nobody's.
std::string MadeUpToken(std::uint64_t seed, std::size_t bytes) {
    std::string token(bytes, '\0');
    for (char& byte : token) {
        seed = Mix(seed);
        byte = static_cast<char>(seed);
    }
    return token;
}

bool PresentsTokens(const Attacker& attacker) noexcept {
    return !attacker.GetPlan().token.empty();
}

}  // namespace

ReplayAttack::ReplayAttack(const AttackSettings& settings, const Surroundings& surroundings)
    : settings_(settings), surroundings_(surroundings), attackers_(settings, surroundings, *this) {}

std::error_code ReplayAttack::Begin() {
    end_ = surroundings_.clock.Now() + settings_.duration;
    return attackers_.Start();
}

// Who has logged in says farewell; its token is presented by another connection (Step).
void ReplayAttack::OnReady(Attacker& attacker) {
    if (!PresentsTokens(attacker)) {
        (void)attacker.Say(protocol::C_Leave());
        attacker.Close();
        return;
    }
    const std::string& token = attacker.GetPlan().token;
    for (std::size_t i = 0; i < kTokens; ++i) {
        protocol::C_Resume resume;
        resume.set_resume_token(i % 2 == 0 ? token : MadeUpToken(settings_.seed + attacker.GetPlan().number * kTokens + i, token.size()));
        (void)attacker.Say(resume);
    }
}

void ReplayAttack::OnPacket(Attacker& /*attacker*/, const servercore::PacketView& packet) {
    protocol::S_ResumeResult result;
    if (packet.id == protocol::PacketOf<protocol::S_ResumeResult>::kInfo.id && ReadBody(packet, result)) {
        ++(result.result() == protocol::RESUME_OK ? accepted_ : refused_);
    }
}

void ReplayAttack::Step(servercore::TimePoint now) {
    for (const auto& attacker : attackers_.TakeGone()) {
        if (PresentsTokens(*attacker)) {
            tally_.Add(*attacker, settings_.margin);
        } else if (!attacker->Token().empty()) {
            const std::size_t number = come_++;
            (void)attackers_.Add({.number = number, .approach = Approach::Greeted, .token = attacker->Token()});
        }
    }
    for (std::size_t due = attackers_.Due(now); now < end_ && due > 0 && attackers_.All().size() < settings_.attackers; --due) {
        const std::size_t number = come_++;
        (void)attackers_.Add({.number = number, .approach = Approach::LoggedIn, .name = AttackerName(settings_, number)});
    }
}

bool ReplayAttack::IsOver(servercore::TimePoint now) const {
    return now >= end_ && (attackers_.All().empty() || now >= end_ + settings_.deadlines.firstPacket + settings_.margin);
}

Finding ReplayAttack::Judge(servercore::TimePoint /*now*/) {
    for (const auto& attacker : attackers_.All()) {
        if (PresentsTokens(*attacker) && attacker->GetStage() == Attacker::Stage::Ready) {
            tally_.AddOpen();
        }
    }
    Finding finding = tally_.Judge(attackers_);
    finding.happened += fmt::format(", tokens refused {}, accepted {}", refused_.load(), accepted_.load());
    if (accepted_.load() > 0) {
        finding.passed = false;
        finding.reason = fmt::format("{} tokens of nobody were accepted", accepted_.load());
    }
    return finding;
}

std::string ReplayAttack::Progress() const {
    return fmt::format("tokens refused {}, accepted {}", refused_.load(), accepted_.load());
}

}  // namespace loadtest::attack
