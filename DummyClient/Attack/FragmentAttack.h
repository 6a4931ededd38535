#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "DummyClient/Attack/Attack.h"
#include "DummyClient/Attack/Attackers.h"
#include "DummyClient/Attack/Packets.h"
#include "DummyClient/Attack/PingCounts.h"

namespace loadtest::attack {

// By the rules, a byte at a time: a login, then pings. The server has to understand all of it.
class FragmentAttack final : public Attack, private AttackerEvents {
public:
    FragmentAttack(const AttackSettings& settings, const Surroundings& surroundings);

    [[nodiscard]] std::error_code Begin() override;
    void Step(servercore::TimePoint now) override;
    [[nodiscard]] bool IsOver(servercore::TimePoint now) const override;
    [[nodiscard]] Finding Judge(servercore::TimePoint now) override;
    [[nodiscard]] std::string Progress() const override;

private:
    // What an attacker has still to send.
    struct Stream {
        ByteList bytes;
        std::size_t sent = 0;
        bool hasAsked = false;
    };

    void OnPacket(Attacker& attacker, const servercore::PacketView& packet) override { pings_.OnPacket(attacker, packet); }
    void SendByte(Attacker& attacker);

    const AttackSettings settings_;
    const Surroundings surroundings_;
    servercore::TimePoint end_{};
    servercore::TimePoint nextByte_{};
    bool isEnding_ = false;
    std::size_t gone_ = 0;
    std::vector<Stream> streams_;  // by the attacker's number
    PingCounts pings_;
    Attackers attackers_;
};

}  // namespace loadtest::attack
