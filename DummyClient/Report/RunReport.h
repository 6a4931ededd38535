#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "DummyClient/Report/Histogram.h"
#include "DummyClient/Report/LatencyBuckets.h"

namespace loadtest {

// What a run of the load tester found out: plain values, filled in by the run, judged by Threshold.h, written and read by ReportJson.h.
// Times are seconds since the run began, latencies microseconds. Nothing in here may be trusted to be harmless text: names and reasons
// come from scenarios and from peers, and whoever writes them somewhere escapes them.

using Counts = std::map<std::string, std::uint64_t>;

struct MachineInfo {
    std::string os;
    std::string kernel;
    std::string cpu;
    std::uint32_t cores = 0;
    std::uint64_t memoryBytes = 0;

    bool operator==(const MachineInfo&) const = default;
};

struct RunMeta {
    std::string tool = "DummyClient";
    std::string toolVersion;
    std::uint32_t protocolVersion = 0;
    std::string scenario;
    std::string target;
    std::int64_t startedAtMs = 0;  // since 1970, UTC
    std::uint32_t processes = 1;
    std::vector<MachineInfo> machines;      // the different ones among those of the processes
    std::vector<std::string> commandLines;  // the different ones
    std::string configuration;              // as text, for people

    bool operator==(const RunMeta&) const = default;
};

struct RunStage {
    std::string name;
    double from = 0;
    double to = 0;
    bool measured = true;  // false: a warm-up, in no total

    bool operator==(const RunStage&) const = default;
};

// One kind of latency within one sample. Response time counts from when the packet should have been sent, service time from when it was.
struct KindSample {
    LatencyFigures response;
    LatencyFigures service;
    LatencyBuckets buckets;  // of the response times

    bool operator==(const KindSample&) const = default;
};

// What happened between t - width and t.
struct RunSample {
    double t = 0;
    double width = 1;
    bool measured = true;
    std::uint64_t connected = 0;   // at t
    std::uint64_t connecting = 0;  // at t
    std::uint64_t failed = 0;      // connects and logins that failed
    std::uint64_t packetsIn = 0;
    std::uint64_t packetsOut = 0;
    std::uint64_t bytesIn = 0;
    std::uint64_t bytesOut = 0;
    std::uint64_t sent = 0;       // messages of the scenario
    std::uint64_t received = 0;   // deliveries of them
    std::uint64_t lateSends = 0;  // sent later than planned, by more than the run tolerates
    double cpuPercent = 0;        // of the load tester; 100 is one processor
    std::map<std::string, KindSample> latency;
    Counts errors;                         // by reason
    std::map<std::string, double> server;  // figures that the server exports

    bool operator==(const RunSample&) const = default;
};

// Of all measured stages.
struct RunTotals {
    double seconds = 0;
    std::uint64_t connects = 0;  // tried
    std::uint64_t connectsFailed = 0;
    std::uint64_t peakConnected = 0;
    std::uint64_t packetsIn = 0;
    std::uint64_t packetsOut = 0;
    std::uint64_t bytesIn = 0;
    std::uint64_t bytesOut = 0;
    std::uint64_t sent = 0;
    std::uint64_t expected = 0;  // deliveries
    std::uint64_t received = 0;
    std::uint64_t lost = 0;
    std::uint64_t lateSends = 0;
    double cpuSeconds = 0;
    Counts errors;       // by reason
    Counts disconnects;  // by reason, those that the scenario wanted included

    bool operator==(const RunTotals&) const = default;
};

struct KindTotals {
    std::string name;
    Histogram response;
    Histogram service;

    bool operator==(const KindTotals&) const = default;
};

// Something that has to be so every time it is looked at: order, contents, fan-out.
struct RunCheck {
    std::string name;
    std::uint64_t passed = 0;
    std::uint64_t failed = 0;

    bool operator==(const RunCheck&) const = default;
};

struct ThresholdResult {
    std::string text;  // as the tester wrote it
    bool passed = false;
    std::string found;  // "12.3 ms", or why there is nothing to judge

    bool operator==(const ThresholdResult&) const = default;
};

// Whether the load tester itself kept up. When it did not, the run says nothing about the server.
struct GeneratorState {
    bool saturated = false;
    std::string reason;  // why it is said to be
    double peakCpuPercent = 0;
    std::int64_t worstLatenessUs = 0;

    bool operator==(const GeneratorState&) const = default;
};

struct RunReport {
    RunMeta meta;
    std::vector<RunStage> stages;
    std::vector<RunSample> samples;
    RunTotals totals;
    std::vector<KindTotals> latency;
    std::vector<RunCheck> checks;
    std::vector<ThresholdResult> thresholds;
    GeneratorState generator;
    int exitCode = 0;

    bool operator==(const RunReport&) const = default;
};

}  // namespace loadtest
