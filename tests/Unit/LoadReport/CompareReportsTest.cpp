// Two runs side by side.
#include "DummyClient/Report/CompareReports.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/Unit/LoadReport/InventedRuns.h"

namespace loadtest::test {
namespace {

ComparedFigure Find(const std::vector<ComparedFigure>& figures, const std::string& group, const std::string& name) {
    for (const ComparedFigure& figure : figures) {
        if (figure.group == group && figure.name == name) {
            return figure;
        }
    }
    ADD_FAILURE() << "no " << group << " " << name;
    return {};
}

TEST(CompareReports, SeesASlowerRunThroughTheNoise) {
    const std::vector<ComparedFigure> figures = Compare(Invent({.seed = 1}), Invent({.seed = 2, .slowdown = 1.25}));
    const ComparedFigure p50 = Find(figures, "latency chat", "p50");
    EXPECT_EQ(p50.verdict, FigureVerdict::Worse);
    ASSERT_TRUE(p50.changePercent && p50.noisePercent);
    EXPECT_NEAR(*p50.changePercent, 25, 3);
    EXPECT_LT(*p50.noisePercent, 10);
    EXPECT_EQ(Find(figures, "traffic", "received").verdict, FigureVerdict::WithinNoise);
    EXPECT_EQ(Find(Compare(Invent({.seed = 2, .slowdown = 1.25}), Invent({.seed = 1})), "latency chat", "p50").verdict,
              FigureVerdict::Better);
}

TEST(CompareReports, CallsEqualRunsEqual) {
    for (const ComparedFigure& figure : Compare(Invent({.seed = 1}), Invent({.seed = 1}))) {
        EXPECT_EQ(figure.verdict, FigureVerdict::Same) << figure.group << " " << figure.name;
    }
}

TEST(CompareReports, SeldomTakesNoiseForAChange) {
    int changes = 0;
    int figures = 0;
    for (std::uint64_t seed = 10; seed < 20; ++seed) {
        for (const ComparedFigure& figure : Compare(Invent({.seed = seed, .seconds = 60}), Invent({.seed = seed + 100, .seconds = 60}))) {
            ++figures;
            changes += figure.verdict == FigureVerdict::Better || figure.verdict == FigureVerdict::Worse ? 1 : 0;
        }
    }
    EXPECT_GT(figures, 150);
    EXPECT_LT(changes, figures / 8);
}

TEST(CompareReports, DoesNotJudgeRunsThatAreTooShort) {
    const std::vector<ComparedFigure> figures = Compare(Invent({.seconds = 20}), Invent({.seed = 2, .seconds = 20, .slowdown = 2}));
    EXPECT_EQ(Find(figures, "latency chat", "p50").verdict, FigureVerdict::Unknown);
}

TEST(CompareReports, CountsEveryProblem) {
    RunReport worse = Invent({});
    worse.totals.lost = 1;
    worse.checks[0].failed = 2;
    const std::vector<ComparedFigure> figures = Compare(Invent({}), worse);
    EXPECT_EQ(Find(figures, "problems", "lost").verdict, FigureVerdict::Worse);
    EXPECT_FALSE(Find(figures, "problems", "lost").changePercent);
    EXPECT_EQ(Find(figures, "problems", "failed checks").verdict, FigureVerdict::Worse);
    EXPECT_EQ(Find(figures, "problems", "errors").verdict, FigureVerdict::Same);
}

TEST(CompareReports, LeavesWarmUpsOut) {
    RunReport noisy = Invent({.seed = 4});
    for (RunSample& sample : noisy.samples) {
        if (!sample.measured) {
            sample.latency["chat"].response.p50 *= 1000;
        }
    }
    const ComparedFigure figure = Find(Compare(Invent({.seed = 4}), noisy), "latency chat", "p50");
    ASSERT_TRUE(figure.noisePercent);
    EXPECT_LT(*figure.noisePercent, 10);
}

TEST(CompareReports, PrintsATable) {
    const std::string table = ToTable(Compare(Invent({.seed = 1}), Invent({.seed = 2, .slowdown = 1.25})));
    EXPECT_NE(table.find("latency chat p50"), std::string::npos);
    EXPECT_NE(table.find("worse"), std::string::npos);
    EXPECT_NE(table.find("+2"), std::string::npos);
}

}  // namespace
}  // namespace loadtest::test
