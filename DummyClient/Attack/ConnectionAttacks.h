#pragma once

#include <atomic>
#include <cstddef>
#include <string>

#include "DummyClient/Attack/Attack.h"
#include "DummyClient/Attack/Attackers.h"

namespace loadtest::attack {

// Connects and resets, over and over, so many at a time. The server has to go on accepting.
class ResetStorm final : public Attack, private AttackerEvents {
public:
    ResetStorm(const AttackSettings& settings, const Surroundings& surroundings);

    [[nodiscard]] std::error_code Begin() override;
    void Step(servercore::TimePoint now) override;
    [[nodiscard]] bool IsOver(servercore::TimePoint now) const override;
    [[nodiscard]] Finding Judge(servercore::TimePoint now) override;
    [[nodiscard]] std::string Progress() const override;

private:
    void OnReady(Attacker& attacker) override;

    const AttackSettings settings_;
    const Surroundings surroundings_;
    servercore::TimePoint end_{};
    std::size_t come_ = 0;
    std::size_t refused_ = 0;  // nobody listened
    std::atomic<std::size_t> resets_ = 0;
    Attackers attackers_;
};

// Many connections from one address, which say hello and stay; who is refused tries again. Where the server has a cap for an address, it
// has to hold exactly; where it has none, it has to serve them all.
class ConnectionFlood final : public Attack, private AttackerEvents {
public:
    ConnectionFlood(const AttackSettings& settings, const Surroundings& surroundings);

    [[nodiscard]] std::error_code Begin() override;
    void Step(servercore::TimePoint now) override;
    [[nodiscard]] bool IsOver(servercore::TimePoint now) const override;
    [[nodiscard]] Finding Judge(servercore::TimePoint now) override;
    [[nodiscard]] std::string Progress() const override;

private:
    const AttackSettings settings_;
    const Surroundings surroundings_;
    const std::size_t expected_;  // how many have to be let in
    servercore::TimePoint end_{};
    std::size_t come_ = 0;
    std::size_t refused_ = 0;  // gone before they were greeted
    std::size_t lost_ = 0;     // greeted, and gone before they had been silent for too long
    std::size_t most_ = 0;     // greeted at the same time
    Attackers attackers_;
};

}  // namespace loadtest::attack
