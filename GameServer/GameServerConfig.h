#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "ServerCore/Base/Log.h"
#include "ServerCore/Net/Service.h"
#include "ServerCore/Platform/NetAddress.h"

namespace game {

// Everything an operator can set.
struct GameServerConfig {
    std::string listenText = "127.0.0.1:7777";  // as the operator wrote it
    servercore::HostAndPort listen{.host = "127.0.0.1", .port = 7777};
    std::size_t workers = 1;
    servercore::PortMode portMode = servercore::PortMode::Shared;
    std::size_t maxPlayers = 5000;
    std::chrono::seconds idleTimeout{30};
    std::chrono::milliseconds tick{50};
    double packetsPerSecond = 200;
    double packetBurst = 400;
    servercore::LogLevel logLevel = servercore::LogLevel::Info;
};

// Either a configuration, or what to print and the exit code to end with.
struct CommandLineResult {
    std::optional<GameServerConfig> config;
    int exitCode = 0;
    std::string message;  // for standard output when exitCode is 0, else for standard error
};

[[nodiscard]] CommandLineResult ParseCommandLine(int argc, const char* const* argv);

}  // namespace game
