#include "DummyClient/Attack/ClosingTally.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

namespace loadtest::attack {

void ClosingTally::Add(const Attacker& attacker, servercore::Duration limit) {
    if (!attacker.WasReady()) {
        ++keptOut_;
        return;
    }
    if (!attacker.WasClosedByServer()) {
        ++brokenHere_;
        return;
    }
    const servercore::Duration lived = attacker.EndedAt() - attacker.ReadyAt();
    slowest_ = std::max(slowest_, lived);
    ++(lived <= limit ? inTime_ : late_);
}

Finding ClosingTally::Judge(const Attackers& attackers) const {
    Finding finding;
    finding.happened = fmt::format("closed {}, still open {}", Closed(), open_);
    if (Closed() > 0) {
        finding.happened += fmt::format(", slowest after {}", Seconds(slowest_));
    }
    if (keptOut_ > 0) {
        finding.happened += fmt::format(", kept out {}", keptOut_);
    }
    finding.reason = Complaint(attackers);
    finding.passed = finding.reason.empty();
    return finding;
}

std::string ClosingTally::Complaint(const Attackers& attackers) const {
    if (attackers.WithoutSocket() > 0) {
        return attackers.SocketComplaint();
    }
    if (open_ > 0) {
        return fmt::format("{} attackers are still connected after their deadline", open_);
    }
    if (late_ > 0) {
        return fmt::format("{} attackers were closed later than they should have been, the last after {}", late_, Seconds(slowest_));
    }
    if (brokenHere_ > 0) {
        return fmt::format("{} attackers lost their connection without the server's doing", brokenHere_);
    }
    return inTime_ == 0 ? "no attacker got as far as to attack; is the server full, or its limits too low?" : "";
}

std::string Seconds(servercore::Duration time) {
    return fmt::format("{:.1f} s", std::chrono::duration<double>(time).count());
}

}  // namespace loadtest::attack
