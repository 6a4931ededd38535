// Demands on a run: read, judged, turned into an exit code.
#include "DummyClient/Report/Threshold.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace loadtest::test {
namespace {

// 1000 responses from 1 to 1000 ms, each sent half of its time late; 10 s.
RunReport SomeRun() {
    RunReport report;
    KindTotals chat{.name = "chat", .response = {}, .service = {}};
    for (int ms = 1; ms <= 1000; ++ms) {
        chat.response.RecordUs(ms * 1000);
        chat.service.RecordUs(ms * 500);
    }
    KindTotals ping{.name = "ping", .response = {}, .service = {}};
    ping.response.RecordUs(5'000'000);
    report.latency = {chat, ping, {.name = "whisper", .response = {}, .service = {}}};
    report.totals.seconds = 10;
    report.totals.connects = 100;
    report.totals.connectsFailed = 2;
    report.totals.peakConnected = 98;
    report.totals.sent = 2'000;
    report.totals.expected = 10'000;
    report.totals.received = 9'990;
    report.totals.bytesIn = 30'000'000;
    report.totals.cpuSeconds = 4;
    report.totals.errors = {{"late", 7}, {"wrong", 3}};
    return report;
}

ThresholdResult Judged(const std::string& text, const RunReport& report = SomeRun()) {
    const ParseThresholdResult parsed = ParseThreshold(text);
    EXPECT_TRUE(parsed.threshold) << parsed.problem;
    return parsed.threshold ? Judge(*parsed.threshold, report) : ThresholdResult();
}

TEST(Threshold, HoldsOrNotAtItsLimit) {
    for (const char* text : {"chat.p50<=501ms",
                             "chat.p50>499ms",
                             "chat.p99<1s",
                             "chat.p99.9<=1.001s",
                             "chat.max < 1.001s",
                             "chat.min==1ms",
                             "chat.mean<0.01min",
                             "chat.service.p50<252000us",
                             "chat.response.p50>=500ms",
                             "p50<520ms",
                             "max>=5s",
                             "service.max<=501ms",
                             "connect_fail==2",
                             "connect_fail!=3",
                             "connect_fail_rate<=2%",
                             "connect_fail_rate<=0.02",
                             "received>=999/s",
                             "sent>=200/s",
                             "sent==2k",
                             "bytes_in>=3MB/s",
                             "bytes_in<=30000KB",
                             "error_rate<0.11%",
                             "errors==10",
                             "lost==0",
                             "cpu<41%",
                             "connected>=98",
                             "checks_failed==0",
                             "loss_rate<=0%"}) {
        const ThresholdResult result = Judged(text);
        EXPECT_TRUE(result.passed) << text << ": " << result.found;
        EXPECT_EQ(result.text, text);
    }
    for (const char* text : {"chat.p50<500ms", "chat.p99<=900ms", "max<5s", "connect_fail==0", "connect_fail<2", "connect_fail!=2",
                             "received>=1000/s", "bytes_in>3MB/s", "error_rate<0.1%", "cpu<40%", "chat.service.max<499ms"}) {
        EXPECT_FALSE(Judged(text).passed) << text;
    }
}

TEST(Threshold, SaysWhatItFound) {
    EXPECT_EQ(Judged("chat.min<1ms").found, "1.00 ms");
    EXPECT_EQ(Judged("received>1/s").found, "999/s");
    EXPECT_EQ(Judged("received>1").found, "9,990");
    EXPECT_EQ(Judged("error_rate<1%").found, "0.1%");
    EXPECT_EQ(Judged("bytes_in>1/s").found, "3.00 MB/s");
}

TEST(Threshold, IsNotMetByWhatWasNeverMeasured) {
    for (const char* text : {"whisper.p99<1s", "unheard.p99<1s", "ping.service.max<1min"}) {
        const ThresholdResult result = Judged(text);
        EXPECT_FALSE(result.passed) << text;
        EXPECT_NE(result.found.find("measured"), std::string::npos) << text;
    }
    for (const char* text : {"p99<1s", "error_rate<1%", "received>=0/s", "loss_rate<1%", "cpu<100%"}) {
        EXPECT_FALSE(Judged(text, RunReport()).passed) << text;
    }
}

TEST(Threshold, SaysWhatIsWrongWithIt) {
    const std::vector<std::string> kinds = {"chat", "ping"};
    const struct {
        const char* text;
        const char* problem;
    } cases[] = {
        {"", "lacks a comparison"},
        {"p99", "lacks a comparison"},
        {"<5ms", "nothing stands before"},
        {"p99<", "'' is no number"},
        {"p99<fast", "'fast' is no number"},
        {"p99<-1ms", "'-1ms' is no number"},
        {"p99<inf ms", "is no number"},
        {"p99<20", "a time needs a unit: us, ms, s or min"},
        {"p99<20m", "'m' is no unit here; a time needs"},
        {"p99=20ms", "'=' is no comparison"},
        {"p101<20ms", "nothing is called 'p101'"},
        {"eror_rate<1%", "did you mean 'error_rate'?"},
        {"conect_fail==0", "did you mean 'connect_fail'?"},
        {"chta.p99<1ms", "did you mean 'chat'?"},
        {"whisper.p99<1ms", "There are: chat, ping"},
        {"error_rate<1ms", "a share is a percentage"},
        {"received>1ms", "a count has no unit but k or M"},
        {"bytes_in>1Mbit", "the units are B, KB, MB"},
        {"connect_fail<1%", "'%' is no unit here"},
        {"cpu<80", "processor time is a percentage"},
        {"p99<20ms/s", "'ms/s' is no unit here"},
    };
    for (const auto& [text, problem] : cases) {
        const ParseThresholdResult parsed = ParseThreshold(text, kinds);
        EXPECT_FALSE(parsed.threshold) << text;
        EXPECT_NE(parsed.problem.find(problem), std::string::npos) << text << " -> " << parsed.problem;
        EXPECT_EQ(parsed.problem.find("threshold '"), 0U) << parsed.problem;
    }
    EXPECT_TRUE(ParseThreshold("whisper.p99<1ms").threshold) << "the kinds are not known yet";
}

TEST(Threshold, ExplainsEverySubject) {
    const std::string help = ThresholdHelp();
    for (const char* subject : {"error_rate", "connect_fail ", "received", "bytes_in", "cpu", "p99.9"}) {
        EXPECT_NE(help.find(subject), std::string::npos) << subject;
    }
}

TEST(ExitCode, FollowsTheWorstThatHappened) {
    const auto exitCode = [](auto change) {
        RunReport report = SomeRun();
        change(report);
        return ExitCodeOf(report);
    };
    EXPECT_EQ(exitCode([](RunReport&) {}), 0);
    EXPECT_EQ(exitCode([](RunReport& r) { r.thresholds = {{.text = "a", .passed = true, .found = {}}}; }), 0);
    EXPECT_EQ(exitCode([](RunReport& r) { r.thresholds = {{.text = "a", .passed = false, .found = {}}}; }), 99);
    EXPECT_EQ(exitCode([](RunReport& r) { r.checks = {{.name = "order", .passed = 9, .failed = 1}}; }), 1);
    EXPECT_EQ(exitCode([](RunReport& r) { r.totals.lost = 1; }), 1);
    EXPECT_EQ(exitCode([](RunReport& r) {
                  r.generator.saturated = true;
                  r.thresholds = {{.text = "a", .passed = false, .found = {}}};
              }),
              1);
}

TEST(ExitCode, IsSetByJudging) {
    RunReport report = SomeRun();
    const std::vector<Threshold> thresholds = {*ParseThreshold("connect_fail==0").threshold, *ParseThreshold("lost==0").threshold};
    JudgeRun(thresholds, report);
    ASSERT_EQ(report.thresholds.size(), 2U);
    EXPECT_FALSE(report.thresholds[0].passed);
    EXPECT_TRUE(report.thresholds[1].passed);
    EXPECT_EQ(report.exitCode, 99);
}

}  // namespace
}  // namespace loadtest::test
