#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "DummyClient/Report/ReportFiles.h"
#include "DummyClient/Report/Threshold.h"
#include "Protocol/Version.h"
#include "ServerCore/App/CommandLine.h"
#include "ServerCore/Platform/NetAddress.h"

namespace loadtest {

// Everything a tester can set.
struct LoadConfig {
    std::string connectText = "127.0.0.1:7777";  // as the tester wrote it
    servercore::HostAndPort connect{.host = "127.0.0.1", .port = 7777};
    std::size_t bots = 200;
    std::uint32_t seconds = 10;  // measured
    std::uint32_t warmUp = 0;    // seconds before them
    double rate = 10;            // packets per second and bot
    double connectRate = 200;
    std::uint32_t zones = 0;    // to use at most; 0: all that the server has
    double switchEvery = 0;     // seconds between two changes of zone of a bot; 0: never
    double reconnectEvery = 0;  // likewise between two changes of its connection
    bool whisper = false;
    std::size_t workers = 1;
    std::uint32_t protocolVersion = game::protocol::kProtocolVersion;

    std::vector<Threshold> thresholds;
    bool abortOnFail = false;
    double maxLatePercent = 10;  // of the messages; more: the load tester was saturated
    ReportFiles files;

    std::string commandLine;    // as it was
    std::string configuration;  // all options, as text
};

// Either a configuration, or how to end.
struct CommandLineResult {
    std::optional<LoadConfig> config;
    servercore::app::CommandLineEnd end;
};

// `arguments`: what follows `run`.
[[nodiscard]] CommandLineResult ParseRunOptions(std::span<const std::string> arguments, const std::string& version);

}  // namespace loadtest
