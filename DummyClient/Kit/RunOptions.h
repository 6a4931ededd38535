#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "DummyClient/Kit/LoadTester.h"
#include "DummyClient/Report/ReportFiles.h"
#include "DummyClient/Report/Threshold.h"
#include "DummyClient/Scenario/Scenario.h"
#include "ServerCore/App/CommandLine.h"
#include "ServerCore/Platform/NetAddress.h"

namespace loadtest {

// A run as the tester wants it.
struct RunOptions {
    Scenario scenario;        // with the command line's wishes applied
    std::string connectText;  // as the tester wrote it
    servercore::HostAndPort connect;
    std::vector<std::string> sources;  // numeric addresses to connect from
    std::size_t workers = 1;

    std::vector<Threshold> thresholds;  // the scenario's and the command line's
    bool abortOnFail = false;
    double maxLatePercent = 10;  // of the messages; more: the load tester was saturated
    bool isPlain = false;        // lines instead of a dashboard
    ReportFiles files;

    std::string commandLine;    // as it was
    std::string configuration;  // all that it means, as text
};

// Either a run, or how to end.
struct RunOptionsResult {
    std::optional<RunOptions> options;
    servercore::app::CommandLineEnd end;
};

// `arguments`: what follows `run`.
[[nodiscard]] RunOptionsResult ParseRunOptions(const LoadTester& tester, std::span<const std::string> arguments);

}  // namespace loadtest
