// What DummyClient's commands about reports answer.
#include "DummyClient/Report/ReportCommands.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "DummyClient/Report/ReportFiles.h"
#include "tests/Unit/LoadReport/InventedRuns.h"

namespace loadtest::test {
namespace {

using servercore::app::CommandLineEnd;

class ReportCommands : public ::testing::Test {
protected:
    ReportCommands() {
        std::filesystem::create_directories(directory_);
        Write("a.json", Invent({.seed = 1}));
        Write("b.json", Invent({.seed = 2, .slowdown = 1.25}));
    }
    ~ReportCommands() override { std::filesystem::remove_all(directory_); }

    void Write(const char* name, const RunReport& report) { EXPECT_EQ(WriteTextFile(Path(name), ToJson(report)), ""); }

    [[nodiscard]] std::string Path(const char* name) const { return (directory_ / name).string(); }

    [[nodiscard]] std::string Contents(const char* name) const {
        std::ifstream file(directory_ / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    }

    static CommandLineEnd Compare(const std::vector<std::string>& arguments) { return RunCompareCommand(arguments, "1.2.3"); }
    static CommandLineEnd Merge(const std::vector<std::string>& arguments) { return RunMergeCommand(arguments, "1.2.3"); }

private:
    const std::filesystem::path directory_ =
        std::filesystem::temp_directory_path() /
        (std::string("ReportCommands.") + ::testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(ReportCommands, CompareWritesTableAndPage) {
    const CommandLineEnd end = Compare({Path("a.json"), Path("b.json"), "--html", Path("page.html")});
    EXPECT_EQ(end.exitCode, 0) << end.message;
    EXPECT_NE(end.message.find("latency chat p50"), std::string::npos);
    EXPECT_EQ(Contents("page.html").find("<!DOCTYPE html>"), 0U);
}

TEST_F(ReportCommands, CompareFailsForAWorseRunWhenAsked) {
    EXPECT_EQ(Compare({Path("a.json"), Path("b.json"), "--fail-if-worse"}).exitCode, 99);
    EXPECT_EQ(Compare({Path("a.json"), Path("a.json"), "--fail-if-worse"}).exitCode, 0);
}

TEST_F(ReportCommands, CompareSaysWhatIsWrong) {
    EXPECT_EQ(Compare({Path("a.json")}).exitCode, 2);
    EXPECT_EQ(Compare({Path("a.json"), Path("b.json"), "--no"}).exitCode, 2);
    const CommandLineEnd missing = Compare({Path("a.json"), Path("none.json")});
    EXPECT_EQ(missing.exitCode, 1);
    EXPECT_NE(missing.message.find("none.json cannot be read: "), std::string::npos) << missing.message;
    EXPECT_EQ(WriteTextFile(Path("bad.json"), "{\"format\":\"servercore-load-report\",\"format_version\":1,\"meta\":1}"), "");
    const CommandLineEnd bad = Compare({Path("bad.json"), Path("a.json")});
    EXPECT_EQ(bad.exitCode, 1);
    EXPECT_NE(bad.message.find("bad.json: meta: expected an object"), std::string::npos) << bad.message;
    const CommandLineEnd unwritable = Compare({Path("a.json"), Path("b.json"), "--html", Path("none/page.html")});
    EXPECT_EQ(unwritable.exitCode, 1);
    EXPECT_NE(unwritable.message.find("cannot be written"), std::string::npos);
    EXPECT_EQ(Compare({"--help"}).exitCode, 0);
    EXPECT_EQ(Compare({"--version"}).message, "DummyClient compare 1.2.3\n");
}

TEST_F(ReportCommands, MergeWritesEveryKindOfFile) {
    const CommandLineEnd end =
        Merge({Path("a.json"), Path("b.json"), "--threshold", "lost==0", "--threshold", "chat.p99<1s", "--json", Path("m.json"), "--csv",
               Path("m.csv"), "--junit", Path("m.xml"), "--hgrm", Path("m.hgrm"), "--html", Path("m.html")});
    EXPECT_EQ(end.exitCode, 0) << end.message;
    EXPECT_NE(end.message.find("PASSED"), std::string::npos);
    for (const char* name : {"m.json", "m.csv", "m.xml", "m.html", "m.chat.response.hgrm", "m.ping.service.hgrm"}) {
        EXPECT_FALSE(Contents(name).empty()) << name;
    }
    const ReadReportResult merged = ReadReportFile(Path("m.json"));
    ASSERT_TRUE(merged.report) << merged.problem;
    EXPECT_EQ(merged.report->meta.processes, 2U);
    EXPECT_EQ(merged.report->thresholds.size(), 2U);
}

TEST_F(ReportCommands, MergeJudgesTheReportsThresholdsAgain) {
    const CommandLineEnd end = Merge({Path("a.json"), Path("b.json"), "--json", Path("m.json")});
    EXPECT_EQ(end.exitCode, 99) << end.message;
    const ReadReportResult merged = ReadReportFile(Path("m.json"));
    ASSERT_TRUE(merged.report) << merged.problem;
    ASSERT_EQ(merged.report->thresholds.size(), 2U);
    EXPECT_TRUE(merged.report->thresholds[0].passed);
    EXPECT_FALSE(merged.report->thresholds[1].passed);
    EXPECT_EQ(merged.report->exitCode, 99);
}

TEST_F(ReportCommands, MergeSaysWhatIsWrong) {
    EXPECT_EQ(Merge({}).exitCode, 2);
    const CommandLineEnd threshold = Merge({Path("a.json"), "--threshold", "chta.p99<1s"});
    EXPECT_EQ(threshold.exitCode, 2);
    EXPECT_NE(threshold.message.find("did you mean 'chat'?"), std::string::npos) << threshold.message;
    RunReport later = Invent({});
    later.meta.startedAtMs += 3'600'000;
    Write("later.json", later);
    const CommandLineEnd apart = Merge({Path("a.json"), Path("later.json")});
    EXPECT_EQ(apart.exitCode, 1);
    EXPECT_NE(apart.message.find("did not run at the same time"), std::string::npos) << apart.message;
}

}  // namespace
}  // namespace loadtest::test
