#include "DummyClient/Attack/FloodAttack.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include <fmt/format.h>

#include "DummyClient/Attack/Packets.h"

namespace loadtest::attack {

using namespace std::chrono_literals;

namespace {

constexpr auto kBetweenVolleys = 20ms;
constexpr std::size_t kPingsPerVolley = 40;  // 2,000 a second, ten times what is allowed at all
// Catalogue, row 4.
constexpr double kTolerance = 1.1;

const servercore::TokenRate& PingRate() noexcept {
    return game::protocol::PacketOf<game::protocol::C_Ping>::kInfo.rate;
}

}  // namespace

FloodAttack::FloodAttack(const AttackSettings& settings, const Surroundings& surroundings)
    : settings_(settings),
      surroundings_(surroundings),
      answered_(settings.attackers),
      wave_(settings, surroundings, *this,
            {.attacker =
                 [=](std::size_t number) {
                     return Attacker::Plan{.number = number, .approach = Approach::InZone, .name = AttackerName(settings, number)};
                 },
             .deadline = [=](const Attacker&) { return settings.deadlines.flood; }}) {
    for (std::size_t i = 0; i < kPingsPerVolley; ++i) {
        AppendPing(volley_, i);
    }
}

std::error_code FloodAttack::Begin() {
    nextVolley_ = surroundings_.clock.Now();
    return wave_.Begin(nextVolley_);
}

void FloodAttack::Step(servercore::TimePoint now) {
    wave_.Step(now);
    if (now < nextVolley_) {
        return;
    }
    nextVolley_ = now + kBetweenVolleys;
    for (const auto& attacker : wave_.Members().All()) {
        if (attacker->GetStage() == Attacker::Stage::Ready) {
            (void)attacker->SendBytes(volley_);
        }
    }
}

void FloodAttack::OnPacket(Attacker& attacker, const servercore::PacketView& packet) {
    if (packet.id == static_cast<std::uint16_t>(game::protocol::PacketId::S_Pong)) {
        answered_[attacker.GetPlan().number].fetch_add(1, std::memory_order_relaxed);
    }
}

Finding FloodAttack::Judge(servercore::TimePoint /*now*/) {
    Finding finding = wave_.Judge();
    const double seconds = std::chrono::duration<double>(settings_.deadlines.flood + settings_.margin).count();
    const double allowed = kTolerance * (PingRate().burst + PingRate().perSecond * seconds);
    const std::uint32_t most = std::ranges::max_element(answered_, {}, [](const auto& count) { return count.load(); })->load();
    finding.happened += fmt::format(", at most {} pings of one answered ({:.0f} allowed)", most, std::floor(allowed));
    if (finding.passed && most > allowed) {
        finding.passed = false;
        finding.reason = fmt::format("{} pings of one attacker were answered, {:.0f} would be its budget", most, std::floor(allowed));
    }
    return finding;
}

}  // namespace loadtest::attack
