#pragma once

#include <cstddef>
#include <string>

#include "DummyClient/Attack/Attack.h"
#include "DummyClient/Attack/Attacker.h"
#include "DummyClient/Attack/Attackers.h"

namespace loadtest::attack {

// Attackers that the server has to end: who was ended, and how soon.
// Owner: an attack.  Threads: its owner's.
class ClosingTally {
public:
    // One that is gone. `limit`: when it had to be, since it was ready.
    void Add(const Attacker& attacker, servercore::Duration limit);
    // One that is ready and not gone, though its time is over.
    void AddOpen() { ++open_; }

    [[nodiscard]] std::size_t Closed() const noexcept { return inTime_ + late_; }
    [[nodiscard]] std::size_t InTime() const noexcept { return inTime_; }
    // Ended before they were ready.
    [[nodiscard]] std::size_t KeptOut() const noexcept { return keptOut_; }

    // Passed when all who got in were closed by the server in time, and somebody got in.
    [[nodiscard]] Finding Judge(const Attackers& attackers) const;

private:
    [[nodiscard]] std::string Complaint(const Attackers& attackers) const;

    std::size_t inTime_ = 0;
    std::size_t late_ = 0;
    std::size_t open_ = 0;
    std::size_t keptOut_ = 0;
    std::size_t brokenHere_ = 0;  // neither the server nor the attack ended it
    servercore::Duration slowest_{};
};

// "3.1 s"
[[nodiscard]] std::string Seconds(servercore::Duration time);

}  // namespace loadtest::attack
