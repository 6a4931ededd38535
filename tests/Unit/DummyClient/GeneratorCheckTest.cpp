#include "DummyClient/Kit/GeneratorCheck.h"

#include <gtest/gtest.h>

#include "DummyClient/Report/Threshold.h"

namespace loadtest {
namespace {

RunReport BusyRun() {
    RunReport report;
    report.totals.seconds = 10;
    report.totals.cpuSeconds = 15;
    report.totals.sent = 1000;
    report.totals.lateSends = 100;
    return report;
}

TEST(GeneratorCheck, BelievesARunThatKeptUp) {
    RunReport report = BusyRun();

    JudgeGenerator(report, 10, 2);

    EXPECT_FALSE(report.generator.saturated);
    EXPECT_EQ(ExitCodeOf(report), kRunPassed);
}

TEST(GeneratorCheck, SaysThatTooManyMessagesWereLate) {
    RunReport report = BusyRun();
    ++report.totals.lateSends;

    JudgeGenerator(report, 10, 2);

    EXPECT_TRUE(report.generator.saturated);
    EXPECT_NE(report.generator.reason.find("10.1% of the messages"), std::string::npos) << report.generator.reason;
    EXPECT_EQ(ExitCodeOf(report), kRunFailed);
}

TEST(GeneratorCheck, DoesNotMindLateMessagesWhenToldSo) {
    RunReport report = BusyRun();
    report.totals.lateSends = report.totals.sent;

    JudgeGenerator(report, 100, 2);

    EXPECT_FALSE(report.generator.saturated);
}

TEST(GeneratorCheck, SaysThatAllProcessorsWereItsOwn) {
    RunReport report = BusyRun();
    report.totals.cpuSeconds = 19.5;

    JudgeGenerator(report, 100, 2);

    EXPECT_TRUE(report.generator.saturated);
    EXPECT_NE(report.generator.reason.find("98% of 2 processors"), std::string::npos) << report.generator.reason;
}

TEST(GeneratorCheck, JudgesNothingThatWasNotMeasured) {
    RunReport report;

    JudgeGenerator(report, 0, 2);

    EXPECT_FALSE(report.generator.saturated);
}

}  // namespace
}  // namespace loadtest
