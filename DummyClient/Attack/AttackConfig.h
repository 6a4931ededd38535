#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "DummyClient/Attack/AttackRun.h"
#include "ServerCore/App/CommandLine.h"
#include "ServerCore/Platform/NetAddress.h"

namespace loadtest::attack {

// Everything a tester can set.
struct AttackConfig {
    AttackPlan plan;  // but for the server's address
    servercore::HostAndPort connect;
    bool isOwned = false;  // the target is the tester's own
    std::string json;      // where the table goes; empty: nowhere
    std::string assumed;   // what the server is taken to be configured to, in words
};

// Either a configuration, or how to end.
struct AttackConfigResult {
    std::optional<AttackConfig> config;
    servercore::app::CommandLineEnd end;
};

// `arguments`: what follows `attack`.
[[nodiscard]] AttackConfigResult ParseAttackOptions(std::span<const std::string> arguments, const std::string& version);

}  // namespace loadtest::attack
