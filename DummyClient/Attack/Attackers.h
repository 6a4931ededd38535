#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "DummyClient/Attack/AttackSettings.h"
#include "DummyClient/Attack/Attacker.h"
#include "ServerCore/Net/ClientService.h"

namespace loadtest::attack {

// The attackers of one attack, with a service of their own: they come no faster than the settings say, and when it is destroyed all of
// them are reset.
// Owner: the attack, as its last member: `events` and what they use outlive it.  Threads: its owner's.
class Attackers {
public:
    Attackers(const AttackSettings& settings, const Surroundings& surroundings, AttackerEvents& events);
    ~Attackers();
    Attackers(const Attackers&) = delete;
    Attackers& operator=(const Attackers&) = delete;

    [[nodiscard]] std::error_code Start();

    // How many may connect now.
    [[nodiscard]] std::size_t Due(servercore::TimePoint now);
    // Connects. nullptr: no socket is to be had.
    std::shared_ptr<Attacker> Add(Attacker::Plan plan);
    // Those that have ended since the last call; nobody else knows them any more.
    [[nodiscard]] std::vector<std::shared_ptr<Attacker>> TakeGone();

    // Those that have not been taken.
    [[nodiscard]] const std::vector<std::shared_ptr<Attacker>>& All() const noexcept { return attackers_; }
    // Of them those that are ready and not gone.
    [[nodiscard]] std::size_t Open() const noexcept;
    [[nodiscard]] std::size_t WithoutSocket() const noexcept { return withoutSocket_; }
    // What is wrong with them, and what to do; empty when each has got one.
    [[nodiscard]] std::string SocketComplaint() const { return ComplainOfSockets(withoutSocket_, socketError_); }

    // The same for an attack with sockets of its own.
    [[nodiscard]] static std::string ComplainOfSockets(std::size_t without, std::error_code error);

private:
    AttackerEvents& events_;
    const servercore::Clock& clock_;
    const servercore::NetAddress server_;
    const std::optional<servercore::NetAddress> from_;
    const double connectRate_;
    servercore::ClientService service_;
    std::vector<std::shared_ptr<Attacker>> attackers_;
    std::optional<servercore::TimePoint> lastDue_;
    double due_ = 0;
    std::size_t withoutSocket_ = 0;
    std::error_code socketError_;
};

// "atk-7-12": nobody else's name, for the login.
[[nodiscard]] std::string AttackerName(const AttackSettings& settings, std::size_t number);

}  // namespace loadtest::attack
