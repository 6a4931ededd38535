#pragma once

#include <string>

#include "DummyClient/Scenario/Scenario.h"
#include "ServerCore/Base/Clock.h"

namespace loadtest {

// The values of a behaviour's options in one group. Precondition of all: the behaviour has that option, of that kind (BehaviourInfo);
// reading the scenario has made sure of the value. Threads: immutable.
class OptionValues {
public:
    explicit OptionValues(BehaviourOptions options) : options_(std::move(options)) {}

    [[nodiscard]] double Number(const std::string& name) const;
    [[nodiscard]] bool Flag(const std::string& name) const;
    [[nodiscard]] servercore::Duration Time(const std::string& name) const;
    [[nodiscard]] const std::string& Text(const std::string& name) const { return options_.at(name); }

private:
    const BehaviourOptions options_;
};

}  // namespace loadtest
