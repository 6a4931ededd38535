#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "Protocol/Version.h"
#include "ServerCore/App/CommandLine.h"
#include "ServerCore/Platform/NetAddress.h"

namespace loadtest {

// Everything a tester can set.
struct LoadConfig {
    std::string connectText = "127.0.0.1:7777";  // as the tester wrote it
    servercore::HostAndPort connect{.host = "127.0.0.1", .port = 7777};
    std::size_t bots = 200;
    std::uint32_t seconds = 10;
    double rate = 10;  // packets per second and bot
    double connectRate = 200;
    std::uint32_t zones = 0;    // to use at most; 0: all that the server has
    double switchEvery = 0;     // seconds between two changes of zone of a bot; 0: never
    double reconnectEvery = 0;  // likewise between two changes of its connection
    bool whisper = false;
    std::size_t workers = 1;
    std::uint32_t protocolVersion = game::protocol::kProtocolVersion;
};

// Either a configuration, or how to end.
struct CommandLineResult {
    std::optional<LoadConfig> config;
    servercore::app::CommandLineEnd end;
};

[[nodiscard]] CommandLineResult ParseCommandLine(int argc, const char* const* argv);

}  // namespace loadtest
