#include "DummyClient/Attack/TrickleAttack.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>

namespace loadtest::attack {

using namespace std::chrono_literals;

namespace {

// Short deadlines want shorter pauses: a server that let each byte extend them is to be found out.
constexpr int kBytesPerDeadline = 4;
// But a packet of 320 bytes is not to be completed within its deadline.
constexpr int kMostBytes = 200;

servercore::Duration IntervalFor(const Deadlines& deadlines) noexcept {
    const servercore::Duration interval = std::min<servercore::Duration>(2s, deadlines.firstPacket / kBytesPerDeadline);
    return std::max(interval, deadlines.packet / kMostBytes);
}

bool HasLoggedIn(const Attacker& attacker) noexcept {
    return attacker.GetPlan().approach != Approach::Connected;
}

}  // namespace

TrickleAttack::TrickleAttack(const AttackSettings& settings, const Surroundings& surroundings)
    : surroundings_(surroundings),
      interval_(IntervalFor(settings.deadlines)),
      wave_(settings, surroundings, *this,
            {.attacker =
                 [=](std::size_t number) {
                     return Attacker::Plan{.number = number,
                                           .approach = number % 2 == 0 ? Approach::Connected : Approach::LoggedIn,
                                           .name = AttackerName(settings, number)};
                 },
             .deadline =
                 [=](const Attacker& attacker) {
                     return HasLoggedIn(attacker) ? settings.deadlines.packet : settings.deadlines.firstPacket;
                 }}) {}

std::error_code TrickleAttack::Begin() {
    nextDrop_ = surroundings_.clock.Now() + interval_;
    return wave_.Begin(surroundings_.clock.Now());
}

// The first byte of a packet's size: 0x40 and the 0x01 that follows are 320, which is more bytes than will ever come.
void TrickleAttack::OnReady(Attacker& attacker) {
    (void)attacker.SendBytes(std::array{std::byte{0x40}});
}

void TrickleAttack::Step(servercore::TimePoint now) {
    wave_.Step(now);
    if (now < nextDrop_) {
        return;
    }
    nextDrop_ = now + interval_;
    for (const auto& attacker : wave_.Members().All()) {
        if (attacker->GetStage() == Attacker::Stage::Ready) {
            (void)attacker->SendBytes(std::array{std::byte{0x01}});
        }
    }
}

}  // namespace loadtest::attack
