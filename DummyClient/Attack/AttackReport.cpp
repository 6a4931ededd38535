#include "DummyClient/Attack/AttackReport.h"

#include <algorithm>

#include <fmt/format.h>

#include "DummyClient/Report/JsonValue.h"

namespace loadtest::attack {

namespace {

// "1.2 ms"
std::string Milliseconds(std::int64_t microseconds) {
    return fmt::format("{:.1f} ms", static_cast<double>(microseconds) / 1000);
}

JsonValue ToValue(const HonestPhase& phase) {
    return {{"sent", phase.counts.sent},   {"answered", phase.counts.answered}, {"lost", phase.counts.lost},
            {"wrong", phase.counts.wrong}, {"disconnects", phase.disconnects},  {"p50_us", phase.latency.p50},
            {"p99_us", phase.latency.p99}, {"p999_us", phase.latency.p999},     {"max_us", phase.latency.max}};
}

}  // namespace

bool AttackReport::Passed() const noexcept {
    return !isInterrupted && problem.empty() && std::ranges::all_of(rows, &AttackRow::Passed);
}

std::int64_t AllowedP99Us(std::int64_t baselineUs) noexcept {
    constexpr std::int64_t kSlackUs = 2000;
    return std::max(baselineUs + baselineUs / 4, baselineUs + kSlackUs);
}

std::string JudgeHonest(const HonestPhase& during, const HonestPhase& baseline, bool isStrict) {
    if (during.disconnects > 0) {
        return fmt::format("{} honest players were disconnected ({})", during.disconnects, during.whyDisconnected);
    }
    if (during.Lost() > 0) {
        return fmt::format("{} messages of honest players were lost, {} answered wrongly", during.counts.lost, during.counts.wrong);
    }
    if (during.counts.answered == 0) {
        return "no honest player was served";
    }
    if (isStrict && during.latency.p99 > AllowedP99Us(baseline.latency.p99)) {
        return fmt::format("the honest p99 rose to {}, allowed are {}", Milliseconds(during.latency.p99),
                           Milliseconds(AllowedP99Us(baseline.latency.p99)));
    }
    return {};
}

std::string ToTable(const AttackReport& report) {
    std::string table = fmt::format("\n{} honest players at {}; {}\n\n{:<12} {:<18} {:>9}  {:<25} {:>11} {:>5}  {:<7} {}\n",
                                    report.honestPlayers, report.target, report.assumed, "attack", "rows", "attackers",
                                    "honest p99 before/during", "disconnects", "lost", "verdict", "what happened");
    for (const AttackRow& row : report.rows) {
        const std::string p99 = Milliseconds(report.baseline.latency.p99) + " / " + Milliseconds(row.honest.latency.p99);
        table += fmt::format("{:<12} {:<18} {:>9}  {:<25} {:>11} {:>5}  {:<7} {}\n", row.name, row.rows, row.attackers, p99,
                             row.honest.disconnects, row.honest.Lost(), row.Passed() ? "PASS" : "FAIL", row.finding.happened);
        if (!row.Passed()) {
            table += fmt::format("{:<12} {}\n", "", row.reason);
        }
    }
    if (!report.problem.empty()) {
        table += report.problem + "\n";
    }
    if (report.isInterrupted) {
        table += "interrupted: what is not in the table was not tried\n";
    }
    const auto failed = std::ranges::count_if(report.rows, [](const AttackRow& row) { return !row.Passed(); });
    return table + fmt::format("\n{}: {} of {} attacks passed\n", report.Passed() ? "PASSED" : "FAILED",
                               static_cast<std::ptrdiff_t>(report.rows.size()) - failed, report.rows.size());
}

std::string ToJson(const AttackReport& report, const std::string& version) {
    JsonValue attacks = JsonValue::array();
    for (const AttackRow& row : report.rows) {
        attacks.push_back({{"name", row.name},
                           {"rows", row.rows},
                           {"attackers", row.attackers},
                           {"seconds", row.seconds},
                           {"happened", row.finding.happened},
                           {"honest", ToValue(row.honest)},
                           {"p99_allowed_us", AllowedP99Us(report.baseline.latency.p99)},
                           {"passed", row.Passed()},
                           {"reason", row.reason}});
    }
    const JsonValue value = {{"tool", "DummyClient attack"},
                             {"tool_version", version},
                             {"target", report.target},
                             {"assumed", report.assumed},
                             {"honest_players", report.honestPlayers},
                             {"baseline", ToValue(report.baseline)},
                             {"attacks", std::move(attacks)},
                             {"interrupted", report.isInterrupted},
                             {"problem", report.problem},
                             {"passed", report.Passed()}};
    return DumpJson(value) + "\n";
}

}  // namespace loadtest::attack
