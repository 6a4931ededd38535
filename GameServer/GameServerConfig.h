#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "ServerCore/App/CommandLine.h"
#include "ServerCore/App/ConfigFile.h"
#include "ServerCore/Base/Log.h"
#include "ServerCore/Net/Service.h"
#include "ServerCore/Platform/NetAddress.h"

namespace game {

// Where game logic runs.
enum class LogicThreads {
    OwnPool,   // a slow job delays no packet
    IoWorkers  // no thread more, and no wake-up between a packet and its job
};

// Everything an operator can set.
struct GameServerConfig {
    std::string listenText = "127.0.0.1:7777";  // as the operator wrote it
    servercore::HostAndPort listen{.host = "127.0.0.1", .port = 7777};
    std::size_t workers = 1;
    servercore::PortMode portMode = servercore::PortMode::Shared;
    LogicThreads logic = LogicThreads::OwnPool;
    std::size_t logicThreads = 1;  // with OwnPool
    std::size_t maxPlayers = 5000;
    servercore::AdmissionLimits admission;
    std::chrono::seconds bindRetry{5};
    std::chrono::seconds idleTimeout{30};
    std::size_t zones = 4;
    std::chrono::milliseconds tick{50};
    std::chrono::milliseconds flush{10};  // 0: at once
    std::uint32_t maxSpeed = 1000;        // units per second; 0: no limit
    std::chrono::seconds resumeTime{30};
    std::uint32_t packetsPerSecond = 200;
    std::uint32_t packetBurst = 400;
    servercore::LogLevel logLevel = servercore::LogLevel::Info;

    std::string file;                    // where some of it came from; empty: the command line alone
    servercore::app::Settings settings;  // the same as text, by option
};

// Either a configuration, or how to end.
struct CommandLineResult {
    std::optional<GameServerConfig> config;
    servercore::app::CommandLineEnd end;
};

[[nodiscard]] CommandLineResult ParseCommandLine(int argc, const char* const* argv);

}  // namespace game
