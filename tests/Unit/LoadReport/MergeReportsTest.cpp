// Reports of processes that ran together.
#include "DummyClient/Report/MergeReports.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "DummyClient/Report/SampleMath.h"
#include "tests/Unit/LoadReport/InventedRuns.h"

namespace loadtest::test {
namespace {

RunSample SampleAt(double t, std::uint64_t connected, const std::vector<std::int64_t>& latencies) {
    RunSample sample;
    sample.t = t;
    sample.connected = connected;
    sample.sent = 10;
    sample.cpuPercent = 20;
    sample.server["tick"] = t;
    Histogram response;
    for (const std::int64_t latency : latencies) {
        response.RecordUs(latency);
    }
    if (!latencies.empty()) {
        sample.latency["ping"] = {.response = response.Figures(), .service = {}, .buckets = ToLatencyBuckets(response)};
    }
    return sample;
}

RunReport ReportOf(std::int64_t startedAtMs, std::vector<RunSample> samples) {
    RunReport report;
    report.meta.startedAtMs = startedAtMs;
    report.meta.scenario = "walk";
    report.samples = std::move(samples);
    return report;
}

TEST(MergeReports, AlignsTheSamplesByTheSecond) {
    const std::vector<RunReport> reports = {ReportOf(10'000, {SampleAt(1, 5, {}), SampleAt(2, 6, {}), SampleAt(3, 7, {})}),
                                            ReportOf(12'010, {SampleAt(1, 100, {}), SampleAt(2, 200, {})})};
    const MergeResult merged = Merge(reports);
    ASSERT_TRUE(merged.report) << merged.problem;
    const std::vector<RunSample>& samples = merged.report->samples;
    ASSERT_EQ(samples.size(), 4U);
    EXPECT_EQ(samples[1].connected, 6U);
    EXPECT_EQ(samples[2].connected, 107U);
    EXPECT_EQ(samples[2].sent, 20U);
    EXPECT_EQ(samples[2].cpuPercent, 40);
    EXPECT_EQ(samples[2].server.at("tick"), 3);
    EXPECT_EQ(samples[3].t, 4);
    EXPECT_EQ(samples[3].connected, 200U);
    EXPECT_EQ(merged.report->totals.peakConnected, 200U);
    EXPECT_EQ(merged.report->meta.startedAtMs, 10'000);
    EXPECT_EQ(merged.report->meta.processes, 2U);
}

TEST(MergeReports, CountsNobodyTwiceWhereAProcessTakesTwoSamplesInASecond) {
    const std::vector<RunReport> reports = {ReportOf(10'000, {SampleAt(1.6, 5, {}), SampleAt(2, 6, {})}),
                                            ReportOf(10'000, {SampleAt(2, 100, {})})};
    const MergeResult merged = Merge(reports);
    ASSERT_TRUE(merged.report) << merged.problem;
    ASSERT_EQ(merged.report->samples.size(), 1U);
    EXPECT_EQ(merged.report->samples[0].connected, 106U);
    EXPECT_EQ(merged.report->samples[0].sent, 30U);
    EXPECT_EQ(merged.report->totals.peakConnected, 106U);
}

TEST(MergeReports, HasTheHistogramsOfTheUnion) {
    const std::vector<RunReport> reports = {Invent({.seed = 1}), Invent({.seed = 2})};
    const MergeResult merged = Merge(reports);
    ASSERT_TRUE(merged.report) << merged.problem;
    ASSERT_EQ(merged.report->latency.size(), 2U);
    for (std::size_t i = 0; i < 2; ++i) {
        Histogram both = reports[0].latency[i].response;
        both.Add(reports[1].latency[i].response);
        EXPECT_EQ(merged.report->latency[i].response, both);
    }
    EXPECT_EQ(merged.report->totals.received, reports[0].totals.received + reports[1].totals.received);
    EXPECT_EQ(merged.report->totals.seconds, 80);
    EXPECT_EQ(merged.report->checks[0].passed, reports[0].checks[0].passed + reports[1].checks[0].passed);
    EXPECT_EQ(merged.report->totals.disconnects.at("closed by us"), 400U);
    EXPECT_EQ(merged.report->meta.machines.size(), 1U) << "the same machine twice is one";
    EXPECT_EQ(merged.report->stages.size(), 3U);
}

TEST(MergeReports, TellsPercentilesOfASecondFromBothProcesses) {
    RunSample sample = SampleAt(1, 1, {1000, 1000, 1000});
    AddBeside(sample, SampleAt(1, 1, {1000, 9000}));
    const LatencyFigures& figures = sample.latency.at("ping").response;
    EXPECT_EQ(figures.count, 5U);
    EXPECT_LT(figures.p50, 1100);
    EXPECT_GT(figures.p99, 8900);
    EXPECT_EQ(figures.max, 9007);
}

TEST(MergeReports, KeepsWhoWasSaturated) {
    std::vector<RunReport> reports = {ReportOf(0, {SampleAt(1, 1, {})}), ReportOf(0, {SampleAt(1, 1, {})})};
    reports[1].generator = {.saturated = true, .reason = "processor at 100%"};
    const MergeResult merged = Merge(reports);
    ASSERT_TRUE(merged.report);
    EXPECT_TRUE(merged.report->generator.saturated);
    EXPECT_EQ(merged.report->generator.reason, "processor at 100%");
}

TEST(MergeReports, RefusesRunsThatDoNotBelongTogether) {
    std::vector<RunReport> reports = {ReportOf(0, {SampleAt(1, 1, {})}), ReportOf(60'000, {SampleAt(1, 1, {})})};
    EXPECT_NE(Merge(reports).problem.find("did not run at the same time"), std::string::npos);
    reports[1] = ReportOf(0, {SampleAt(1, 1, {})});
    reports[1].meta.protocolVersion = 7;
    EXPECT_NE(Merge(reports).problem.find("different protocols: versions 0 and 7"), std::string::npos);
    reports[1] = ReportOf(0, {SampleAt(1e300, 1, {})});
    EXPECT_NE(Merge(reports).problem.find("cannot be"), std::string::npos);
    EXPECT_FALSE(Merge({}).report);
}

TEST(Thinned, KeepsAllThatHappened) {
    std::vector<RunSample> samples;
    for (int second = 1; second <= 10; ++second) {
        samples.push_back(SampleAt(second, static_cast<std::uint64_t>(second), {second * 1000}));
    }
    const std::vector<RunSample> thinned = Thinned(samples, 4);
    ASSERT_EQ(thinned.size(), 4U);
    EXPECT_EQ(thinned[0].t, 3);
    EXPECT_EQ(thinned[0].width, 3);
    EXPECT_EQ(thinned[0].connected, 3U);
    EXPECT_EQ(thinned[0].sent, 30U);
    EXPECT_EQ(thinned[0].cpuPercent, 20);
    EXPECT_EQ(thinned[0].latency.at("ping").response.count, 3U);
    EXPECT_EQ(thinned[3].width, 1);
    EXPECT_EQ(Thinned(samples, 100), samples);
    EXPECT_TRUE(Thinned({}, 4).empty());
}

}  // namespace
}  // namespace loadtest::test
