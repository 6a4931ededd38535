#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "DummyClient/Attack/Attack.h"
#include "DummyClient/Attack/Attackers.h"
#include "DummyClient/Attack/ClosingTally.h"

namespace loadtest::attack {

// Slow readers in a zone where much is said, and nobody of them reads it. Talkers beside them see to it that enough is said, as fast as
// they can read it. The server has to close the slow readers once it has nowhere left to put what it has for them, and nobody else.
class SlowReaderAttack final : public Attack, private AttackerEvents {
public:
    SlowReaderAttack(const AttackSettings& settings, const Surroundings& surroundings);

    [[nodiscard]] std::error_code Begin() override;
    void Step(servercore::TimePoint now) override;
    [[nodiscard]] bool IsOver(servercore::TimePoint now) const override;
    [[nodiscard]] Finding Judge(servercore::TimePoint now) override;
    [[nodiscard]] std::string Progress() const override;

private:
    void OnReady(Attacker& attacker) override;
    void OnPacket(Attacker& attacker, const servercore::PacketView& packet) override;
    [[nodiscard]] bool IsSlow(const Attacker& attacker) const noexcept { return attacker.GetPlan().number < settings_.attackers; }
    // The talker who tells what was said: the last one.
    [[nodiscard]] bool IsEar(const Attacker& attacker) const noexcept { return attacker.GetPlan().number + 1 == members_; }
    [[nodiscard]] std::size_t OpenSlow() const;
    // Whether the talkers have heard enough of what was said before: a server that is slow is not to be flooded.
    [[nodiscard]] bool MayTalk(servercore::TimePoint now);
    void Talk(Attacker& attacker);

    const AttackSettings settings_;
    const Surroundings surroundings_;
    const std::size_t members_;            // slow readers, then talkers
    const servercore::Duration interval_;  // between two chats of one member
    servercore::TimePoint begin_{};
    servercore::TimePoint nextChat_{};
    servercore::TimePoint deadline_ = servercore::TimePoint::max();  // known once enough has been said
    std::vector<std::uint32_t> sequences_;                           // of their chats
    std::uint64_t spoken_ = 0;                                       // chats
    std::uint64_t heardBefore_ = 0;                                  // at the last round
    servercore::TimePoint lastRound_{};
    std::atomic<std::uint64_t> heard_ = 0;  // chats that one talker has received
    std::atomic<bool> isEarThere_ = false;  // that talker
    std::atomic<std::uint64_t> said_ = 0;   // bytes that one talker has received
    std::size_t come_ = 0;
    std::size_t talkersLost_ = 0;
    ClosingTally tally_;
    Attackers attackers_;
};

}  // namespace loadtest::attack
