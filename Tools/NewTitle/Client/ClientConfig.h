// What the bots are to do.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "ServerCore/App/CommandLine.h"
#include "ServerCore/Platform/NetAddress.h"

namespace mytitle {

struct ClientConfig {
    std::string connectText = "127.0.0.1:7777";  // as the user wrote it
    servercore::HostAndPort connect{.host = "127.0.0.1", .port = 7777};
    std::size_t workers = 1;  // 0: the caller dispatches the ClientService
    std::size_t bots = 10;
    std::uint32_t lines = 20;  // of each bot
    std::chrono::seconds patience{60};
};

// Either a configuration, or how to end.
struct ClientCommandLine {
    std::optional<ClientConfig> config;
    servercore::app::CommandLineEnd end;
};

[[nodiscard]] ClientCommandLine ParseClientCommandLine(int argc, const char* const* argv);

}  // namespace mytitle
