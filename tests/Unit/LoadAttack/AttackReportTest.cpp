#include "DummyClient/Attack/AttackReport.h"

#include <gtest/gtest.h>

#include <string>

#include <nlohmann/json.hpp>

namespace loadtest::attack {
namespace {

HonestPhase Phase(std::int64_t p99) {
    HonestPhase phase;
    phase.latency.p99 = p99;
    phase.counts = {.sent = 100, .answered = 100};
    return phase;
}

AttackRow Row(const std::string& name, const HonestPhase& honest, const std::string& reason) {
    AttackRow row;
    row.name = name;
    row.finding.happened = "closed 7";
    row.honest = honest;
    row.reason = reason;
    return row;
}

TEST(AttackReport, RuleHIsAQuarterMoreOrTwoMilliseconds) {
    EXPECT_EQ(AllowedP99Us(1'000), 3'000);
    EXPECT_EQ(AllowedP99Us(8'000), 10'000);
    EXPECT_EQ(AllowedP99Us(100'000), 125'000);
}

TEST(AttackReport, LatencyCountsOnlyWhenItIsAskedFor) {
    EXPECT_EQ(JudgeHonest(Phase(3'000), Phase(1'000), true), "");
    EXPECT_EQ(JudgeHonest(Phase(3'001), Phase(1'000), false), "");
    EXPECT_EQ(JudgeHonest(Phase(3'100), Phase(1'000), true), "the honest p99 rose to 3.1 ms, allowed are 3.0 ms");
}

TEST(AttackReport, DisconnectsAndLossesAlwaysCount) {
    HonestPhase lost = Phase(1);
    lost.counts.lost = 2;
    EXPECT_EQ(JudgeHonest(lost, Phase(1), false), "2 messages of honest players were lost, 0 answered wrongly");
    HonestPhase wrong = Phase(1);
    wrong.counts.wrong = 1;
    EXPECT_NE(JudgeHonest(wrong, Phase(1), false), "");
    HonestPhase gone = Phase(1);
    gone.disconnects = 3;
    gone.whyDisconnected = "PeerReset";
    EXPECT_EQ(JudgeHonest(gone, Phase(1), false), "3 honest players were disconnected (PeerReset)");
    EXPECT_EQ(JudgeHonest({}, Phase(1), false), "no honest player was served");
}

TEST(AttackReport, TableAndFileSayTheSame) {
    AttackReport report;
    report.baseline = Phase(1'500);
    report.rows.push_back(Row("silent", Phase(2'500), ""));
    EXPECT_TRUE(report.Passed());
    report.rows.push_back(Row("flood", Phase(9'900), "8 attackers are \"still\" there"));
    EXPECT_FALSE(report.Passed());

    const std::string table = ToTable(report);
    EXPECT_NE(table.find("1.5 ms / 2.5 ms"), std::string::npos) << table;
    EXPECT_NE(table.find("8 attackers are \"still\" there\n"), std::string::npos) << table;
    EXPECT_TRUE(table.ends_with("\nFAILED: 1 of 2 attacks passed\n")) << table;

    const auto json = nlohmann::json::parse(ToJson(report, "1.2.3"));
    EXPECT_EQ(json["tool_version"], "1.2.3");
    EXPECT_EQ(json["passed"], false);
    EXPECT_EQ(json["baseline"]["p99_us"], 1'500);
    ASSERT_EQ(json["attacks"].size(), 2U);
    EXPECT_EQ(json["attacks"][0]["passed"], true);
    EXPECT_EQ(json["attacks"][0]["happened"], "closed 7");
    EXPECT_EQ(json["attacks"][1]["reason"], "8 attackers are \"still\" there");
}

TEST(AttackReport, WhatDidNotTakePlaceDidNotPass) {
    AttackReport report;
    report.problem = "the server is gone during silent";
    EXPECT_FALSE(report.Passed());
    report.problem.clear();
    report.isInterrupted = true;
    EXPECT_FALSE(report.Passed());
    EXPECT_NE(ToTable(report).find("interrupted"), std::string::npos);
}

}  // namespace
}  // namespace loadtest::attack
