// What an operator can set.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "ServerCore/App/CommandLine.h"
#include "ServerCore/Base/Log.h"
#include "ServerCore/Platform/NetAddress.h"

namespace mytitle {

struct ServerConfig {
    std::string listenText = "127.0.0.1:7777";  // as the operator wrote it
    servercore::HostAndPort listen{.host = "127.0.0.1", .port = 7777};
    std::size_t workers = 1;  // 0: see RoomServer::Dispatch
    std::size_t maxPlayers = 1000;
    std::chrono::milliseconds tick{50};
    servercore::LogLevel logLevel = servercore::LogLevel::Info;
};

// Either a configuration, or how to end.
struct ServerCommandLine {
    std::optional<ServerConfig> config;
    servercore::app::CommandLineEnd end;
};

[[nodiscard]] ServerCommandLine ParseServerCommandLine(int argc, const char* const* argv);

}  // namespace mytitle
