// Reports as files.
#include "DummyClient/Report/ReportJson.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/Unit/LoadReport/InventedRuns.h"

namespace loadtest::test {
namespace {

constexpr const char* kHead = "{\"format\":\"servercore-load-report\",\"format_version\":1";

std::string ProblemIn(const std::string& rest) {
    const ReadReportResult result = ParseReport(kHead + rest + "}");
    EXPECT_FALSE(result.report) << rest;
    return result.problem;
}

TEST(ReportJson, ReadsBackWhatWasWritten) {
    const RunReport report = Invent({});
    const ReadReportResult result = ParseReport(ToJson(report));
    ASSERT_TRUE(result.report) << result.problem;
    EXPECT_TRUE(*result.report == report);
    EXPECT_EQ(ToJson(*result.report), ToJson(report));
}

TEST(ReportJson, KeepsEveryFigureOfTheHistograms) {
    const RunReport report = Invent({.seed = 5});
    const ReadReportResult result = ParseReport(ToJson(report));
    ASSERT_TRUE(result.report) << result.problem;
    for (std::size_t i = 0; i < report.latency.size(); ++i) {
        EXPECT_EQ(result.report->latency[i].response.Figures(), report.latency[i].response.Figures());
        EXPECT_EQ(result.report->latency[i].service.Cells(), report.latency[i].service.Cells());
    }
}

TEST(ReportJson, WritesHostileNamesAsText) {
    const std::string json = ToJson(Invent({.seconds = 20, .hostile = true}));
    const ReadReportResult result = ParseReport(json);
    ASSERT_TRUE(result.report) << result.problem;
    EXPECT_NE(result.report->meta.scenario.find("</script>"), std::string::npos);
    EXPECT_EQ(json.find('\x1b'), std::string::npos);
    EXPECT_EQ(ToJson(*result.report), json);
}

TEST(ReportJson, IgnoresWhatItDoesNotKnowAndDefaultsWhatIsMissing) {
    const ReadReportResult result = ParseReport(std::string(kHead) + ",\"new\":{\"a\":[1]},\"totals\":{\"sent\":3,\"later\":null}}");
    ASSERT_TRUE(result.report) << result.problem;
    EXPECT_EQ(result.report->totals.sent, 3U);
    EXPECT_EQ(result.report->meta.processes, 1U);
}

TEST(ReportJson, SaysWhereAWrongValueStands) {
    EXPECT_EQ(ProblemIn(",\"samples\":[{},{\"latency\":{\"chat\":{\"response\":{\"p99_us\":\"fast\"}}}}]"),
              "samples[1].latency.chat.response.p99_us: expected a whole number, found \"fast\"");
    EXPECT_EQ(ProblemIn(",\"meta\":3"), "meta: expected an object {...}, found 3");
    EXPECT_EQ(ProblemIn(",\"checks\":{}"), "checks: expected a list [...], found an object {...}");
    EXPECT_EQ(ProblemIn(",\"meta\":{\"command_lines\":[\"a\",7]}"), "meta.command_lines[1]: expected a text, found 7");
    EXPECT_EQ(ProblemIn(",\"samples\":[{\"t\":null}]"), "samples[0].t: expected a number, found null");
    EXPECT_EQ(ProblemIn(",\"samples\":[{\"measured\":1}]"), "samples[0].measured: expected true or false, found 1");
}

TEST(ReportJson, RefusesNumbersThatDoNotFit) {
    EXPECT_NE(ProblemIn(",\"totals\":{\"sent\":-1}").find("totals.sent: expected a whole number that is not negative"), std::string::npos);
    EXPECT_NE(ProblemIn(",\"totals\":{\"sent\":1.5}").find("totals.sent"), std::string::npos);
    EXPECT_NE(ProblemIn(",\"meta\":{\"processes\":4294967296}").find("meta.processes"), std::string::npos);
    EXPECT_NE(ProblemIn(",\"totals\":{\"seconds\":1e999}").find("not JSON"), std::string::npos);
}

TEST(ReportJson, RefusesHistogramsThatCannotBe) {
    const auto cells = [](const std::string& list) { return ",\"latency\":[{\"response\":{\"cells_us\":" + list + "}}]"; };
    EXPECT_EQ(ProblemIn(cells("[[0,1]]")), "latency[0].response.cells_us[0]: expected a latency of at most an hour, found a list [...]");
    EXPECT_NE(ProblemIn(cells("[[1,1],[3600000001,1]]")).find("cells_us[1]"), std::string::npos);
    EXPECT_NE(ProblemIn(cells("[[1,4503599627370496],[2,1]]")).find("cells_us[1]: expected a count"), std::string::npos);
    EXPECT_NE(ProblemIn(cells("[[1]]")).find("a pair"), std::string::npos);
    EXPECT_NE(ProblemIn(cells("[[1,-2]]")).find("cells_us[0][1]"), std::string::npos);
    EXPECT_NE(ProblemIn(",\"samples\":[{\"latency\":{\"a\":{\"buckets\":[[459,1]]}}}]").find("samples[0].latency.a.buckets[0]"),
              std::string::npos);
}

TEST(ReportJson, RefusesTimesThatDoNotGoOn) {
    EXPECT_NE(ProblemIn(",\"samples\":[{\"t\":1},{\"t\":1}]").find("samples[1].t: expected seconds after"), std::string::npos);
    EXPECT_NE(ProblemIn(",\"samples\":[{\"t\":-1}]").find("samples[0].t"), std::string::npos);
    EXPECT_NE(ProblemIn(",\"samples\":[{\"t\":1e300}]").find("samples[0].t"), std::string::npos);
    EXPECT_NE(ProblemIn(",\"samples\":[{\"t\":1,\"width\":-1}]").find("samples[0].width"), std::string::npos);
}

TEST(ReportJson, RefusesWhatIsNoReport) {
    EXPECT_NE(ParseReport("").problem.find("not JSON"), std::string::npos);
    EXPECT_NE(ParseReport("{\"a\":").problem.find("line 1"), std::string::npos);
    EXPECT_NE(ParseReport("[]").problem.find("the file: expected an object"), std::string::npos);
    EXPECT_NE(ParseReport("{}").problem.find("no report of a load test"), std::string::npos);
    EXPECT_NE(ParseReport("{\"format\":\"servercore-load-report\",\"format_version\":2}").problem.find("version 2"), std::string::npos);
    EXPECT_FALSE(ParseReport(std::string(100'000, '[')).report);
    EXPECT_FALSE(ParseReport(kHead + (",\"meta\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}")).report);
}

}  // namespace
}  // namespace loadtest::test
