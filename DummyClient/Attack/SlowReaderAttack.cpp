#include "DummyClient/Attack/SlowReaderAttack.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "DummyClient/Attack/Packets.h"
#include "Protocol/TextRules.h"

namespace loadtest::attack {

using namespace std::chrono_literals;

namespace {

// All together; each of them may say 50 in a second.
constexpr int kChatsPerSecond = 1280;
constexpr std::size_t kLeastMembers = 32;
// Of chats that are on their way to the talkers, and how long they may be before they count as never to come.
constexpr std::uint64_t kRoundsUnderWay = 4;
constexpr auto kLostAfter = 1s;
// More than two operating systems and a server put away for one receiver.
constexpr std::uint64_t kMoreThanFits = std::uint64_t{8} * 1024 * 1024;
// A server that cannot carry what is said is not found out to be patient.
constexpr auto kLongest = 120s;

}  // namespace

SlowReaderAttack::SlowReaderAttack(const AttackSettings& settings, const Surroundings& surroundings)
    : settings_(settings),
      surroundings_(surroundings),
      members_(std::max(kLeastMembers, settings.attackers + 1)),
      interval_(servercore::Duration(1s) * static_cast<int>(members_) / kChatsPerSecond),
      sequences_(members_),
      attackers_(settings, surroundings, *this) {}

std::error_code SlowReaderAttack::Begin() {
    begin_ = surroundings_.clock.Now();
    nextChat_ = begin_;
    return attackers_.Start();
}

void SlowReaderAttack::OnReady(Attacker& attacker) {
    if (IsSlow(attacker)) {
        attacker.PauseReceiving();
    }
    if (IsEar(attacker)) {
        isEarThere_.store(true);
    }
}

void SlowReaderAttack::OnPacket(Attacker& attacker, const servercore::PacketView& packet) {
    if (IsEar(attacker)) {
        heard_.fetch_add(packet.id == game::protocol::PacketOf<game::protocol::S_Chat>::kInfo.id ? 1U : 0U);
        said_.fetch_add(servercore::kPacketHeaderBytes + packet.body.size(), std::memory_order_relaxed);
    }
}

void SlowReaderAttack::Step(servercore::TimePoint now) {
    for (std::size_t due = attackers_.Due(now); due > 0 && come_ < members_; --due) {
        const std::size_t number = come_++;
        (void)attackers_.Add({.number = number, .approach = Approach::InZone, .name = AttackerName(settings_, number)});
    }
    for (const auto& attacker : attackers_.TakeGone()) {
        if (IsSlow(*attacker)) {
            tally_.Add(*attacker, kLongest);  // how long it takes until nothing fits any more is the operating systems' affair
        } else {
            ++talkersLost_;
        }
    }
    if (deadline_ == servercore::TimePoint::max() && said_.load() >= kMoreThanFits) {
        deadline_ = now + settings_.deadlines.reading + settings_.margin;
    }
    if (now >= nextChat_ && MayTalk(now)) {
        nextChat_ = now + interval_;
        for (const auto& attacker : attackers_.All()) {
            if (attacker->GetStage() == Attacker::Stage::Ready) {
                Talk(*attacker);
            }
        }
    }
}

bool SlowReaderAttack::MayTalk(servercore::TimePoint now) {
    const std::uint64_t heard = heard_.load();
    if (heard != std::exchange(heardBefore_, heard)) {
        lastRound_ = now;
    }
    if (now - lastRound_ > kLostAfter) {
        spoken_ = heard;  // those of readers who were closed meanwhile
    }
    return isEarThere_.load() && spoken_ <= heard + kRoundsUnderWay * members_;
}

void SlowReaderAttack::Talk(Attacker& attacker) {
    game::protocol::C_Chat chat;
    chat.set_sequence(++sequences_[attacker.GetPlan().number]);
    chat.set_text(std::string(game::protocol::kMaxChatBytes, 'x'));
    (void)attacker.Say(chat);
    ++spoken_;
}

std::size_t SlowReaderAttack::OpenSlow() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        attackers_.All(), [&](const auto& attacker) { return IsSlow(*attacker) && attacker->GetStage() == Attacker::Stage::Ready; }));
}

bool SlowReaderAttack::IsOver(servercore::TimePoint now) const {
    const bool areAllGone =
        come_ == members_ && std::ranges::none_of(attackers_.All(), [&](const auto& attacker) { return IsSlow(*attacker); });
    return areAllGone || talkersLost_ > 0 || now >= deadline_ || now >= begin_ + kLongest;
}

Finding SlowReaderAttack::Judge(servercore::TimePoint /*now*/) {
    for (std::size_t i = OpenSlow(); i > 0; --i) {
        tally_.AddOpen();
    }
    Finding finding = tally_.Judge(attackers_);
    finding.happened += fmt::format(", {:.1f} MiB said", static_cast<double>(said_.load()) / (1024 * 1024));
    if (talkersLost_ > 0) {
        finding.happened += fmt::format(", {} who read were disconnected", talkersLost_);
    }
    if (finding.passed && talkersLost_ > 0) {
        finding.passed = false;
        finding.reason = fmt::format("{} clients that read everything were disconnected", talkersLost_);
    }
    return finding;
}

std::string SlowReaderAttack::Progress() const {
    return fmt::format("open {}, closed {}, {:.1f} MiB said", OpenSlow(), tally_.Closed(),
                       static_cast<double>(said_.load()) / (1024 * 1024));
}

}  // namespace loadtest::attack
