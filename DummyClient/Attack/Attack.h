#pragma once

#include <string>
#include <system_error>

#include "ServerCore/Base/Clock.h"

namespace loadtest::attack {

// How the server took an attack, as the attackers saw it.
struct Finding {
    bool passed = false;
    std::string happened;  // figures, in a few words
    std::string reason;    // why it did not pass; empty when it did
};

// One attack on one server, from its beginning to its verdict.
// Owner: AttackRun.  Threads: the methods are its owner's; attackers report on threads of their own.
class Attack {
public:
    Attack() = default;
    virtual ~Attack() = default;
    Attack(const Attack&) = delete;
    Attack& operator=(const Attack&) = delete;

    // Once. Fails when the system is out of handles.
    [[nodiscard]] virtual std::error_code Begin() = 0;
    // Every few milliseconds, until IsOver.
    virtual void Step(servercore::TimePoint now) = 0;
    [[nodiscard]] virtual bool IsOver(servercore::TimePoint now) const = 0;
    // Once, when it is over.
    [[nodiscard]] virtual Finding Judge(servercore::TimePoint now) = 0;
    // How it goes, in a few words.
    [[nodiscard]] virtual std::string Progress() const = 0;
};

}  // namespace loadtest::attack
