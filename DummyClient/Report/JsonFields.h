#pragma once

#include "DummyClient/Report/RunReport.h"

namespace loadtest {

// The fields of each part of a report with their names in JSON: one list for writing and reading. An archive has a call operator that takes
// a name and a value, and Of<T>, which is T for one that reads and const T for one that writes. For ReportJson.cpp only.

template <class Archive>
void Fields(Archive& archive, typename Archive::template Of<MachineInfo>& machine) {
    archive("os", machine.os);
    archive("kernel", machine.kernel);
    archive("cpu", machine.cpu);
    archive("cores", machine.cores);
    archive("memory_bytes", machine.memoryBytes);
}

template <class Archive>
void Fields(Archive& archive, typename Archive::template Of<RunMeta>& meta) {
    archive("tool", meta.tool);
    archive("tool_version", meta.toolVersion);
    archive("protocol_version", meta.protocolVersion);
    archive("scenario", meta.scenario);
    archive("target", meta.target);
    archive("started_at_ms", meta.startedAtMs);
    archive("processes", meta.processes);
    archive("machines", meta.machines);
    archive("command_lines", meta.commandLines);
    archive("configuration", meta.configuration);
}

template <class Archive>
void Fields(Archive& archive, typename Archive::template Of<RunStage>& stage) {
    archive("name", stage.name);
    archive("from", stage.from);
    archive("to", stage.to);
    archive("measured", stage.measured);
}

template <class Archive>
void Fields(Archive& archive, typename Archive::template Of<LatencyFigures>& figures) {
    archive("count", figures.count);
    archive("p50_us", figures.p50);
    archive("p90_us", figures.p90);
    archive("p99_us", figures.p99);
    archive("p999_us", figures.p999);
    archive("max_us", figures.max);
}

template <class Archive>
void Fields(Archive& archive, typename Archive::template Of<KindSample>& kind) {
    archive("response", kind.response);
    archive("service", kind.service);
    archive("buckets", kind.buckets);
}

template <class Archive>
void Fields(Archive& archive, typename Archive::template Of<RunSample>& sample) {
    archive("t", sample.t);
    archive("width", sample.width);
    archive("measured", sample.measured);
    archive("connected", sample.connected);
    archive("connecting", sample.connecting);
    archive("failed", sample.failed);
    archive("packets_in", sample.packetsIn);
    archive("packets_out", sample.packetsOut);
    archive("bytes_in", sample.bytesIn);
    archive("bytes_out", sample.bytesOut);
    archive("sent", sample.sent);
    archive("received", sample.received);
    archive("late_sends", sample.lateSends);
    archive("cpu_percent", sample.cpuPercent);
    archive("latency", sample.latency);
    archive("errors", sample.errors);
    archive("server", sample.server);
}

template <class Archive>
void Fields(Archive& archive, typename Archive::template Of<RunTotals>& totals) {
    archive("seconds", totals.seconds);
    archive("connects", totals.connects);
    archive("connects_failed", totals.connectsFailed);
    archive("peak_connected", totals.peakConnected);
    archive("packets_in", totals.packetsIn);
    archive("packets_out", totals.packetsOut);
    archive("bytes_in", totals.bytesIn);
    archive("bytes_out", totals.bytesOut);
    archive("sent", totals.sent);
    archive("expected", totals.expected);
    archive("received", totals.received);
    archive("lost", totals.lost);
    archive("late_sends", totals.lateSends);
    archive("cpu_seconds", totals.cpuSeconds);
    archive("errors", totals.errors);
    archive("disconnects", totals.disconnects);
}

template <class Archive>
void Fields(Archive& archive, typename Archive::template Of<KindTotals>& kind) {
    archive("name", kind.name);
    archive("response", kind.response);
    archive("service", kind.service);
}

template <class Archive>
void Fields(Archive& archive, typename Archive::template Of<RunCheck>& check) {
    archive("name", check.name);
    archive("passed", check.passed);
    archive("failed", check.failed);
}

template <class Archive>
void Fields(Archive& archive, typename Archive::template Of<ThresholdResult>& threshold) {
    archive("text", threshold.text);
    archive("passed", threshold.passed);
    archive("found", threshold.found);
}

template <class Archive>
void Fields(Archive& archive, typename Archive::template Of<GeneratorState>& generator) {
    archive("saturated", generator.saturated);
    archive("reason", generator.reason);
    archive("peak_cpu_percent", generator.peakCpuPercent);
    archive("worst_lateness_us", generator.worstLatenessUs);
}

template <class Archive>
void Fields(Archive& archive, typename Archive::template Of<RunReport>& report) {
    archive("meta", report.meta);
    archive("stages", report.stages);
    archive("samples", report.samples);
    archive("totals", report.totals);
    archive("latency", report.latency);
    archive("checks", report.checks);
    archive("thresholds", report.thresholds);
    archive("generator", report.generator);
    archive("exit_code", report.exitCode);
}

}  // namespace loadtest
