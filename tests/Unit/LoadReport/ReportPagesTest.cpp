// Reports for others to read: pages, tables, test results. Whether browsers and parsers agree is for RenderPages.py and CheckFiles.py.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "DummyClient/Report/Figures.h"
#include "DummyClient/Report/HtmlPage.h"
#include "DummyClient/Report/MachineInfo.h"
#include "DummyClient/Report/ReportText.h"
#include "DummyClient/Report/Utf8.h"
#include "tests/Unit/LoadReport/InventedRuns.h"

namespace loadtest::test {
namespace {

std::size_t CountOf(std::string_view text, std::string_view part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + part.size())) {
        ++count;
    }
    return count;
}

TEST(HtmlPage, NeedsNothingButItself) {
    const std::string page = ToHtml(Invent({}));
    EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
    EXPECT_EQ(page.find("<link"), std::string::npos);
    EXPECT_EQ(page.find(" src="), std::string::npos);
    EXPECT_NE(page.find("leeoniya/uPlot"), std::string::npos);
    EXPECT_NE(page.find("The MIT License (MIT)"), std::string::npos);
    EXPECT_LT(page.size(), 1'500'000U);
}

TEST(HtmlPage, MakesNoMarkupOfHostileNames) {
    const RunReport hostile = Invent({.seconds = 20, .hostile = true});
    for (const std::string& page : {ToHtml(hostile), ToHtml(hostile, "</script><b>", hostile, "<!--")}) {
        EXPECT_EQ(CountOf(page, "<script"), 3U);
        EXPECT_EQ(CountOf(page, "</script>"), 3U);
        EXPECT_EQ(CountOf(page, "<img"), 0U);
        EXPECT_EQ(CountOf(page, "<b>"), 0U);
        EXPECT_EQ(CountOf(page, "<!--"), 1U) << "the license";
        EXPECT_EQ(CountOf(page, "\x1b"), 0U);
        EXPECT_EQ(ValidUtf8(page), page);
    }
}

TEST(HtmlPage, StaysSmallForALongRun) {
    RunReport report = Invent({.seconds = 20});
    const RunSample sample = report.samples.back();
    for (int second = 21; second <= 6'000; ++second) {
        report.samples.push_back(sample);
        report.samples.back().t = second;
    }
    EXPECT_LT(ToHtml(report).size(), 8'000'000U);
}

TEST(Csv, HasALineForEachSampleAndAsManyCellsInEach) {
    const RunReport report = Invent({.seconds = 20});
    const std::string csv = ToCsv(report);
    EXPECT_EQ(CountOf(csv, "\r\n"), 21U);
    const std::size_t columns = CountOf(csv.substr(0, csv.find('\r')), ",");
    EXPECT_EQ(CountOf(csv, ","), columns * 21);
    EXPECT_EQ(csv.find("seconds,width,measured,connected"), 0U);
    EXPECT_NE(csv.find("latency.chat.response.p99.9_us"), std::string::npos);
}

TEST(JUnit, FailsWhatFailed) {
    RunReport report = Invent({.seconds = 20});
    report.checks[1].failed = 3;
    const std::string xml = ToJUnit(report);
    EXPECT_NE(xml.find("tests=\"6\" failures=\"2\""), std::string::npos) << xml;
    EXPECT_NE(xml.find("name=\"error_rate&lt;0.0001%\""), std::string::npos);
    report.generator = {.saturated = true, .reason = "100% of a processor"};
    EXPECT_NE(ToJUnit(report).find("generator saturated: 100% of a processor"), std::string::npos);
}

TEST(Hgrm, ListsThePercentilesUpToTheMaximum) {
    Histogram histogram;
    for (int ms = 1; ms <= 4; ++ms) {
        histogram.RecordUs(ms * 1000);
    }
    const std::string text = ToHgrm(histogram);
    EXPECT_NE(text.find("2.000 0.500000000000          2           2.00"), std::string::npos) << text;
    EXPECT_NE(text.find("4.000 1.000000000000          4            inf"), std::string::npos) << text;
    EXPECT_NE(text.find("Total count    =            4]"), std::string::npos) << text;
    EXPECT_NE(ToHgrm(Histogram()).find("Total count    =            0]"), std::string::npos);
}

TEST(Summary, ShowsHostileNamesWithoutCommandsForTheTerminal) {
    const std::string text = ToSummary(Invent({.seconds = 20, .hostile = true}));
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_NE(text.find("FAILED: a threshold is not met"), std::string::npos);
    EXPECT_NE(text.find("p99.9 "), std::string::npos);
}

TEST(Figures, AreShownAsPeopleReadThem) {
    EXPECT_EQ(ShowMicroseconds(850), "850 us");
    EXPECT_EQ(ShowMicroseconds(12'345), "12.35 ms");
    EXPECT_EQ(ShowMicroseconds(123'456), "123.5 ms");
    EXPECT_EQ(ShowMicroseconds(1'200'000), "1.20 s");
    EXPECT_EQ(ShowNumber(1'234'567), "1,234,567");
    EXPECT_EQ(ShowNumber(0.25), "0.25");
    EXPECT_EQ(ShowNumber(-1000), "-1,000");
    EXPECT_EQ(ShowBytes(999), "999 B");
    EXPECT_EQ(ShowBytes(3'400'000), "3.40 MB");
}

TEST(ValidUtf8, ReplacesWhatIsNoCharacter) {
    const std::string bad = "\xEF\xBF\xBD";
    EXPECT_EQ(ValidUtf8("caf\xC3\xA9 \xF0\x9F\x99\x82"), "caf\xC3\xA9 \xF0\x9F\x99\x82");
    EXPECT_EQ(ValidUtf8("a\xFF"
                        "b"),
              "a" + bad + "b");
    EXPECT_EQ(ValidUtf8("\xC3"), bad);
    EXPECT_EQ(ValidUtf8("\xC0\x80"), bad + bad);
    EXPECT_EQ(ValidUtf8("\xED\xA0\x80"), bad + bad + bad);
    EXPECT_EQ(ValidUtf8("\xEF\xBF\xBF"), bad + bad + bad);
    EXPECT_EQ(ValidUtf8("\xF4\x90\x80\x80"), bad + bad + bad + bad);
}

TEST(MachineInfo, KnowsWhereItRuns) {
    const MachineInfo machine = DescribeMachine();
    EXPECT_FALSE(machine.os.empty());
    EXPECT_GT(machine.cores, 0U);
}

}  // namespace
}  // namespace loadtest::test
