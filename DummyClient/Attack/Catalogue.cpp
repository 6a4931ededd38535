#include "DummyClient/Attack/Catalogue.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "DummyClient/Attack/CoalesceAttack.h"
#include "DummyClient/Attack/ConnectionAttacks.h"
#include "DummyClient/Attack/FloodAttack.h"
#include "DummyClient/Attack/FragmentAttack.h"
#include "DummyClient/Attack/HalfCloseAttack.h"
#include "DummyClient/Attack/MalformedAttack.h"
#include "DummyClient/Attack/ReplayAttack.h"
#include "DummyClient/Attack/SlowReaderAttack.h"
#include "DummyClient/Attack/TrickleAttack.h"
#include "DummyClient/Attack/WaitingAttack.h"

namespace loadtest::attack {

namespace {

template <class Kind>
std::unique_ptr<Attack> Make(const AttackSettings& settings, const Surroundings& surroundings) {
    return std::make_unique<Kind>(settings, surroundings);
}

std::unique_ptr<Attack> MakeSilent(const AttackSettings& settings, const Surroundings& surroundings) {
    return std::make_unique<WaitingAttack>(settings, surroundings, Approach::Connected, settings.deadlines.firstPacket);
}

std::unique_ptr<Attack> MakeHalfOpen(const AttackSettings& settings, const Surroundings& surroundings) {
    return std::make_unique<WaitingAttack>(settings, surroundings, Approach::InZone, settings.deadlines.idle);
}

constexpr std::array kAttacks = {
    AttackKind{.name = "slowloris",
               .rows = "1",
               .expected = "a packet that trickles in is cut off at the deadline, before the login and after it",
               .attackers = 1000,
               .make = Make<TrickleAttack>},
    AttackKind{.name = "malformed",
               .rows = "2, 3, 5, 8, 9, 10",
               .expected = "what is no protocol ends its connection at once, and strangers get no answer",
               .attackers = 50,
               .make = Make<MalformedAttack>},
    AttackKind{.name = "flood",
               .rows = "4",
               .expected = "who sends too much gets its budget and then the door",
               .attackers = 20,
               .make = Make<FloodAttack>},
    AttackKind{.name = "fragment",
               .rows = "6",
               .expected = "packets that come byte by byte are understood, in order",
               .attackers = 50,
               .make = Make<FragmentAttack>},
    AttackKind{.name = "coalesce",
               .rows = "7",
               .expected = "hundreds of packets in one segment are all taken",
               .attackers = 10,
               .make = Make<CoalesceAttack>},
    AttackKind{.name = "replay",
               .rows = "11a",
               .expected = "the token of who has left, and made-up ones, are refused, and soon the connection ends",
               .attackers = 20,
               .make = Make<ReplayAttack>},
    AttackKind{.name = "conn-flood",
               .rows = "12",
               .expected = "the cap for one address holds exactly; without one all are served",
               .attackers = 500,
               .make = Make<ConnectionFlood>},
    AttackKind{.name = "half-open",
               .rows = "14",
               .expected = "who has logged in and fallen silent is closed at the idle deadline",
               .attackers = 100,
               .make = MakeHalfOpen},
    AttackKind{.name = "half-close",
               .rows = "15",
               .expected = "who has sent FIN gets everything that it has asked for, and then FIN",
               .attackers = 50,
               .make = Make<HalfCloseAttack>},
    AttackKind{.name = "rst-storm",
               .rows = "16",
               .expected = "connections that are reset at once keep nobody else out",
               .attackers = 100,
               .make = Make<ResetStorm>},
    AttackKind{.name = "slow-reader",
               .rows = "17",
               .expected = "who never reads is closed, who reads beside it is not",
               .attackers = 20,
               .make = Make<SlowReaderAttack>},
    AttackKind{.name = "silent",
               .rows = "18",
               .expected = "who connects and says nothing is closed at the deadline",
               .attackers = 1000,
               .make = MakeSilent},
};

}  // namespace

std::span<const AttackKind> AllAttacks() noexcept {
    return kAttacks;
}

const AttackKind* FindAttack(std::string_view name) noexcept {
    const auto found = std::ranges::find(kAttacks, name, &AttackKind::name);
    return found == kAttacks.end() ? nullptr : &*found;
}

std::string ListAttacks() {
    std::string list;
    for (const AttackKind& kind : kAttacks) {
        list += fmt::format("{:<12} {:<18} {}\n", kind.name, kind.rows, kind.expected);
    }
    return list;
}

}  // namespace loadtest::attack
