#include "DummyClient/Attack/AttackConfig.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace loadtest::attack {
namespace {

using namespace std::chrono_literals;

AttackConfigResult Parse(const std::vector<std::string>& words) {
    return ParseAttackOptions(words, "1.2.3");
}

TEST(AttackConfig, TakesTheServersDefaultsForGranted) {
    const auto config = Parse({"silent"}).config.value();
    ASSERT_EQ(config.plan.kinds.size(), 1U);
    EXPECT_EQ(config.plan.kinds[0]->name, "silent");
    EXPECT_EQ(config.plan.settings.deadlines.firstPacket, 5s);
    EXPECT_EQ(config.plan.settings.deadlines.idle, 30s);
    EXPECT_EQ(config.plan.settings.margin, 1s);
    EXPECT_FALSE(config.isOwned);
    EXPECT_NE(config.assumed.find("first packet 5 s, packet 10 s, idle 30 s"), std::string::npos) << config.assumed;
}

TEST(AttackConfig, ADeadlineOfItsOwnGoesBeforeTheCommonOne) {
    const Deadlines deadlines = Parse({"silent", "--deadline", "2", "--deadline-idle", "7.5"}).config.value().plan.settings.deadlines;
    EXPECT_EQ(deadlines.firstPacket, 2s);
    EXPECT_EQ(deadlines.packet, 2s);
    EXPECT_EQ(deadlines.reading, 2s);
    EXPECT_EQ(deadlines.idle, 7500ms);
    EXPECT_EQ(deadlines.flood, 3s);
}

TEST(AttackConfig, AllMeansAllOfThem) {
    EXPECT_EQ(Parse({"--all"}).config.value().plan.kinds.size(), AllAttacks().size());
}

TEST(AttackConfig, AttackersMayComeFromAnotherAddress) {
    EXPECT_EQ(Parse({"silent"}).config.value().plan.settings.from, std::nullopt);
    for (const std::string host : {"127.0.0.2", "::1"}) {
        EXPECT_EQ(Parse({"silent", "--attack-from", host}).config.value().plan.settings.from.value().HostString(), host);
    }
    EXPECT_EQ(Parse({"silent", "--attack-from", "127.0.0.2:80"}).end.exitCode, servercore::app::kUsageError);
}

TEST(AttackConfig, MistakesEndTheProgram) {
    const std::vector<std::vector<std::string>> mistakes = {{}, {"teardrop"}, {"silent", "--all"}, {"silent", "--seconds", "0"}};
    for (const auto& words : mistakes) {
        const AttackConfigResult result = Parse(words);
        EXPECT_FALSE(result.config);
        EXPECT_EQ(result.end.exitCode, servercore::app::kUsageError);
        EXPECT_NE(result.end.message.find("DummyClient attack"), std::string::npos);
    }
}

TEST(AttackConfig, EveryAttackHasItsLineInTheList) {
    const AttackConfigResult result = Parse({"--list"});
    EXPECT_FALSE(result.config);
    EXPECT_EQ(result.end.exitCode, 0);
    for (const AttackKind& kind : AllAttacks()) {
        EXPECT_EQ(FindAttack(kind.name), &kind);
        EXPECT_NE(result.end.message.find(std::string(kind.name) + ' '), std::string::npos);
        EXPECT_NE(result.end.message.find(std::string(kind.expected) + '\n'), std::string::npos);
    }
}

}  // namespace
}  // namespace loadtest::attack
