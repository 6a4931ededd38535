#include "DummyClient/Report/ThresholdSubjects.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace loadtest {

namespace {

using Value = std::optional<double>;

Value Number(std::uint64_t count) {
    return static_cast<double>(count);
}

Value Share(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? Value() : static_cast<double>(part) / static_cast<double>(whole);
}

Value ErrorRate(const RunReport& report) {
    const std::uint64_t errors = SumOf(report.totals.errors);
    return Share(errors, errors + report.totals.received);
}

Value ChecksFailed(const RunReport& report) {
    std::uint64_t failed = 0;
    for (const RunCheck& check : report.checks) {
        failed += check.failed;
    }
    return Number(failed);
}

Value Cpu(const RunReport& report) {
    return report.totals.seconds > 0 ? report.totals.cpuSeconds / report.totals.seconds * 100 : Value();
}

constexpr auto kSubjects = std::to_array<ThresholdSubject>({
    {"connects", SubjectUnit::Count, "connections tried", [](const RunReport& r) { return Number(r.totals.connects); }},
    {"connect_fail", SubjectUnit::Count, "connects and logins that failed",
     [](const RunReport& r) { return Number(r.totals.connectsFailed); }},
    {"connect_fail_rate", SubjectUnit::Share, "their share of those tried",
     [](const RunReport& r) { return Share(r.totals.connectsFailed, r.totals.connects); }},
    {"connected", SubjectUnit::Count, "most connections at a time", [](const RunReport& r) { return Number(r.totals.peakConnected); }},
    {"disconnects", SubjectUnit::Count, "connections that ended, for whatever reason",
     [](const RunReport& r) { return Number(SumOf(r.totals.disconnects)); }},
    {"sent", SubjectUnit::Count, "messages sent", [](const RunReport& r) { return Number(r.totals.sent); }},
    {"received", SubjectUnit::Count, "deliveries", [](const RunReport& r) { return Number(r.totals.received); }},
    {"lost", SubjectUnit::Count, "deliveries that never came", [](const RunReport& r) { return Number(r.totals.lost); }},
    {"loss_rate", SubjectUnit::Share, "their share of those expected",
     [](const RunReport& r) { return Share(r.totals.lost, r.totals.expected); }},
    {"errors", SubjectUnit::Count, "errors of all reasons", [](const RunReport& r) { return Number(SumOf(r.totals.errors)); }},
    {"error_rate", SubjectUnit::Share, "errors, as a share of errors and deliveries", ErrorRate},
    {"late_sends", SubjectUnit::Count, "messages that the load tester sent late",
     [](const RunReport& r) { return Number(r.totals.lateSends); }},
    {"late_rate", SubjectUnit::Share, "their share of those sent",
     [](const RunReport& r) { return Share(r.totals.lateSends, r.totals.sent); }},
    {"checks_failed", SubjectUnit::Count, "failed checks", ChecksFailed},
    {"packets_in", SubjectUnit::Count, "packets received", [](const RunReport& r) { return Number(r.totals.packetsIn); }},
    {"packets_out", SubjectUnit::Count, "packets sent", [](const RunReport& r) { return Number(r.totals.packetsOut); }},
    {"bytes_in", SubjectUnit::Bytes, "bytes received", [](const RunReport& r) { return Number(r.totals.bytesIn); }},
    {"bytes_out", SubjectUnit::Bytes, "bytes sent", [](const RunReport& r) { return Number(r.totals.bytesOut); }},
    {"cpu", SubjectUnit::CpuPercent, "processor time of the load tester; 100% is one processor", Cpu},
});

}  // namespace

std::span<const ThresholdSubject> ThresholdSubjects() noexcept {
    return kSubjects;
}

const ThresholdSubject* FindThresholdSubject(std::string_view name) noexcept {
    const auto found =
        std::find_if(kSubjects.begin(), kSubjects.end(), [&](const ThresholdSubject& subject) { return subject.name == name; });
    return found == kSubjects.end() ? nullptr : &*found;
}

std::uint64_t SumOf(const Counts& counts) noexcept {
    std::uint64_t sum = 0;
    for (const auto& [reason, count] : counts) {
        sum += count;
    }
    return sum;
}

}  // namespace loadtest
